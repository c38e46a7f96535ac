"""Addresses of an erasure, and of the ways back from it."""

from __future__ import annotations

from django.urls import path

from kept.rights.erasure import views

urlpatterns = [
    path("me/erasure/", views.erasure, name="erasure"),
    path("me/erasure/undoing/", views.undoing, name="erasure-undoing"),
    path("privacy/erasure/<uuid:id>/<slug:key>/", views.undo_link, name="erasure-undo"),
    path("privacy/silence/<slug:mark>/<slug:key>/", views.silence_link, name="silence"),
]
