"""Its one address."""

from __future__ import annotations

from django.urls import path
from kept.touchpoints.borrowing import views

urlpatterns = [path("borrowing/", views.borrowed, name="borrowing")]
