"""Addresses under /desk/guidelines/: the part of the desk that is open before anything is acknowledged."""

from __future__ import annotations

from django.urls import path

from kept.promises.guidelines import views

urlpatterns = [
    path("desk/guidelines/", views.guidelines, name="desk-guidelines"),
    path("desk/guidelines/<slug:id>/", views.guideline, name="desk-guideline"),
    path("desk/guidelines/<slug:id>/acknowledgement/", views.acknowledgement, name="desk-acknowledgement"),
]
