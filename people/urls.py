"""Addresses of the reader's own pages."""

from django.urls import path

from people import brand_views, stopping, views

urlpatterns = [
    path("me/", views.profile, name="profile"),
    path("me/edit/", views.edit_profile, name="edit-profile"),
    path("me/mails/", views.mail_choices, name="mail-choices"),
    path("me/picture/", views.picture_upload, name="picture-upload"),
    path("me/picture/remove/", views.picture_remove, name="picture-remove"),
    path("pictures/<str:name>", views.picture, name="picture"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.mark_notices_read, name="mark-notices-read"),
    path("mail/", views.mailbox, name="mailbox"),
    path("mail/<slug:slug>/", views.mail, name="mail"),
    path("mail/stop/<str:signed>/", stopping.stop_mails, name="stop-mails"),
    path("brand.css", brand_views.stylesheet, name="brand-css"),
    path("brand/<slug:digest>/<slug:size>/", brand_views.mark, name="brand-mark"),
    path("site.webmanifest", brand_views.manifest, name="manifest"),
    path("help/", views.site_page, {"slug": "help"}, name="help"),
    path("terms/", views.site_page, {"slug": "terms"}, name="terms"),
    path("privacy/", views.site_page, {"slug": "privacy"}, name="privacy"),
    path("contact/", views.site_page, {"slug": "contact"}, name="contact"),
]
