from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    """Django's admin with the operator's desk as its front page."""

    default_site = "live.views.desk.DeskSite"


class SiteConfig(AppConfig):
    """The app of the whole site. It registers the system checks."""

    name = "config"
    label = "site_config"

    def ready(self) -> None:
        from config import checks, deploy_checks  # noqa: F401
