"""Addresses under /privacy/ for whoever asks."""

from __future__ import annotations

from django.urls import path, register_converter

from kept.rights.asking import views
from kept.rights.asking.following import copy_views, status_views
from kept.rights.asking.mail import sorting_views
from kept.rights.requests.course.references import ALPHABET


class Reference:
    """Nothing else gets as far as the database."""

    regex = f"Q-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "question")

urlpatterns = [
    path("desk/requests/unsorted/", sorting_views.queue, name="desk-unsorted"),
    path("desk/requests/unsorted/<uuid:id>/", sorting_views.sort, name="desk-unsorted-mail"),
    path("privacy/ask/", views.ask, name="privacy-ask"),
    path("privacy/request/", views.ask_right, name="privacy-request"),
    path("privacy/request/<question:reference>/", views.confirm, name="privacy-request-confirm"),
    path("privacy/status/", status_views.look_up, name="request-status-open"),
    path("privacy/status/<question:reference>/", status_views.show, name="request-status"),
    path("privacy/status/<question:reference>/closing/", status_views.closing, name="request-closing"),
    path("privacy/status/<question:reference>/copy/", copy_views.copy, name="request-copy"),
]
