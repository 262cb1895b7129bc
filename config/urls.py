"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.utils.functional import lazy

from config import crawlers, views
from people.brand import site_name

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = lazy(site_name, str)()
admin.site.index_title = "The operator's side"
# A row is deleted on its own page alone, which asks first.
admin.site.disable_action("delete_selected")

handler500 = "config.views.server_error"

urlpatterns = [
    path("", include("live.urls")),
    path("", include("people.urls")),
    path("wallet/", include("wallet.urls")),
    path("payouts/", include("payouts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap_index, name="sitemap-index"),
    path("sitemap/<slug:section>/", crawlers.sitemap, name="sitemap"),
    path(".well-known/security.txt", crawlers.security, name="security-txt"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
