"""Addresses of the reader's own pages."""

from django.urls import path

from people import views

urlpatterns = [
    path("me/", views.profile, name="profile"),
    path("me/edit/", views.edit_profile, name="edit-profile"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.mark_notices_read, name="mark-notices-read"),
    path("mail/", views.mailbox, name="mailbox"),
    path("mail/<slug:slug>/", views.mail, name="mail"),
]
