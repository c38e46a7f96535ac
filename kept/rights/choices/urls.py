"""Addresses of the choices, and the one that says the signal is honoured."""

from __future__ import annotations

from django.urls import path

from kept.rights.choices import views

urlpatterns = [
    path("me/choices/", views.choices, name="choices"),
    path(".well-known/gpc.json", views.gpc, name="gpc"),
]
