"""The public register under /privacy/, and the desk's side of it."""

from __future__ import annotations

from django.urls import path

from kept.promises.safeguards import views

urlpatterns = [
    path("privacy/safeguards/", views.public, name="safeguards"),
    path("desk/safeguards/", views.safeguards, name="desk-safeguards"),
    path("desk/safeguards/infringements/", views.infringements, name="desk-infringements"),
    path("desk/safeguards/<slug:id>/", views.safeguard, name="desk-safeguard"),
]
