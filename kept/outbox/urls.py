"""The one address of the outbox: where recipients acknowledge."""

from __future__ import annotations

from django.urls import path

from kept.outbox import views

urlpatterns = [path("privacy/acknowledgements/<uuid:id>/", views.acknowledgement, name="acknowledgement")]
