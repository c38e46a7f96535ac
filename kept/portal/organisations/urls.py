"""Addresses under /me/organisations/."""

from __future__ import annotations

from django.urls import path

from kept.portal.organisations import views

urlpatterns = [
    path("me/organisations/", views.organisations, name="organisations"),
    path("me/organisations/wishes/", views.wishing, name="organisation-wishes"),
    path("me/organisations/joinings/<uuid:id>/", views.joining, name="organisation-joining"),
    path("me/organisations/invitations/<str:key>/", views.invitation, name="organisation-invitation"),
    path("me/organisations/<uuid:id>/", views.organisation, name="organisation"),
    path("me/organisations/<uuid:id>/invitations/", views.inviting, name="organisation-inviting"),
    path("me/organisations/<uuid:id>/members/<int:member>/", views.member, name="organisation-member"),
    path("me/organisations/<uuid:id>/dissolving/", views.dissolving, name="organisation-dissolving"),
]
