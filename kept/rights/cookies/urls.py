"""Addresses under /privacy/cookies/."""

from __future__ import annotations

from django.urls import path

from kept.rights.cookies import views

urlpatterns = [
    path("privacy/cookies/", views.page, name="cookies"),
    path("privacy/cookies/choice/", views.choice, name="cookie-choice"),
    path("privacy/cookies/saved/", views.saved, name="cookies-saved"),
    path("privacy/cookies/greeting/", views.not_me, name="not-me"),
]
