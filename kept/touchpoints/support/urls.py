"""Addresses under /support/, and the cases and calls at the desk."""

from __future__ import annotations

from django.urls import path, register_converter

from kept.references import InAddress
from kept.touchpoints.support import views
from kept.touchpoints.support.calls import views as calls

register_converter(InAddress, "case")

CASE = "support/cases/<case:reference>/"
urlpatterns = [
    path("support/", views.support, name="support"),
    path("support/new/", views.new, name="support-new"),
    path("support/new/offer/", views.new_offer, name="support-new-offer"),
    path(CASE, views.case, name="support-case"),
    path(f"{CASE}messages/", views.reply, name="support-case-reply"),
    path(f"{CASE}closing/", views.closing, name="support-case-closing"),
    path(f"{CASE}reopening/", views.reopening, name="support-case-reopening"),
    path(f"{CASE}rating/", views.rating, name="support-case-rating"),
    path(f"{CASE}sharing/", views.share, name="support-case-sharing"),
    path(f"{CASE}files/<uuid:file>/", views.file, name="support-case-file"),
    path(f"{CASE}calls/<uuid:id>/", calls.annotating, name="support-call-annotating"),
]
