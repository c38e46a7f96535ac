"""Addresses of the desk's side."""

from __future__ import annotations

from django.urls import path

from kept.mailroom import views

urlpatterns = [
    path("desk/mail/", views.queue, name="desk-mail"),
    path("desk/mail/<uuid:id>/", views.look, name="desk-mail-look"),
]
