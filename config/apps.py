from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The app of the whole site. It registers the system checks."""

    name = "config"
    label = "site_config"

    def ready(self) -> None:
        from config import checks, deploy_checks  # noqa: F401
