"""Addresses of disclosures: one's own, the public feed, the desk's."""

from __future__ import annotations

from django.urls import path

from kept.disclosures import views

urlpatterns = [
    path("me/disclosures/", views.mine, name="my-disclosures"),
    path("privacy/recipients/changes.atom", views.feed, name="recipients-feed"),
    path("desk/disclosures/", views.disclosures, name="desk-disclosures"),
    path("desk/disclosures/trial/", views.trial, name="desk-disclosures-trial"),
]
