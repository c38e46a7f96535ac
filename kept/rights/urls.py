"""Addresses under /me/."""

from __future__ import annotations

from django.urls import path

from kept.rights import views
from kept.rights.access import language_choice, own_data, profile

urlpatterns = [
    path("language/", language_choice.language, name="language"),
    path("me/", own_data.me, name="me"),
    path("me/data/<slug:table>/", own_data.section, name="my-section"),
    path("me/profile/", profile.profile, name="profile"),
    path("me/timeline/", views.timeline, name="timeline"),
    path("me/copy/", views.copy, name="copy"),
    path("me/copy/<uuid:id>/", views.copy_file, name="copy-file"),
    path("me/copy/<uuid:id>/stop/", views.copy_stop, name="copy-stop"),
]
