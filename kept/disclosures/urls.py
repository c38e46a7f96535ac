"""Addresses of disclosures: one's own, the public feed, the desk's."""

from __future__ import annotations

from django.urls import path

from kept.disclosures import views
from kept.disclosures.authorities import views as authorities

urlpatterns = [
    path("me/disclosures/", views.mine, name="my-disclosures"),
    path("privacy/recipients/changes.atom", views.feed, name="recipients-feed"),
    path("desk/disclosures/", views.disclosures, name="desk-disclosures"),
    path("desk/disclosures/trial/", views.trial, name="desk-disclosures-trial"),
    path("desk/authorities/", authorities.demands, name="desk-authorities"),
    path("desk/authorities/new/", authorities.new, name="desk-authority-new"),
    path("desk/authorities/<uuid:id>/", authorities.demand, name="desk-authority"),
    path("desk/authorities/<uuid:id>/granting/", authorities.grant, name="desk-authority-granting"),
    path("desk/authorities/<uuid:id>/refusal/", authorities.refusal, name="desk-authority-refusal"),
    path("privacy/disclosures/", authorities.counts, name="disclosure-counts"),
]
