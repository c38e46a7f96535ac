"""Addresses of the regions. The chooser is in every footer."""

from __future__ import annotations

from django.urls import path

from kept.portal.regions import views

urlpatterns = [
    path("region/", views.chooser, name="region"),
    path("region/staying/", views.staying, name="region-staying"),
    path("region/forgetting/", views.forgetting, name="region-forgetting"),
]
