from django.apps import AppConfig


class SiteConfig(AppConfig):
    """What belongs to the whole site and to no app: for now its system checks."""

    name = "config"
    label = "site_config"

    def ready(self):
        from config import checks, deploy_checks  # noqa: F401
