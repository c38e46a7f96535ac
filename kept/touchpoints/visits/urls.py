"""Addresses of the visits: the dashboard that everybody may read, and why nobody is found in it."""

from __future__ import annotations

from django.urls import path

from kept.touchpoints.visits import find_me, views

urlpatterns = [
    path("privacy/visits/", views.dashboard, name="visits"),
    path("privacy/visits/find-me/", find_me.find_me, name="visits-find-me"),
    path("privacy/visits/left/", find_me.left, name="visits-left"),
    path("privacy/visits/<slug:name>.csv", views.spreadsheet, name="visits-csv"),
    # After every address of its own under privacy/visits/: a report may have any other name.
    path("privacy/visits/<slug:name>/", views.report, name="visits-report"),
]
