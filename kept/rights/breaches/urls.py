"""Addresses under /desk/breaches/."""

from __future__ import annotations

from django.urls import path

from kept.rights.breaches import views

urlpatterns = [
    path("desk/breaches/", views.breaches, name="desk-breaches"),
    path("desk/breaches/new/", views.new, name="desk-breach-new"),
    path("desk/breaches/<uuid:id>/", views.breach, name="desk-breach"),
    path("desk/breaches/<uuid:id>/assessment/", views.assessment, name="desk-breach-assessment"),
    path("desk/breaches/<uuid:id>/authority/", views.authority, name="desk-breach-authority"),
    path("desk/breaches/<uuid:id>/people/", views.people, name="desk-breach-people"),
    path("desk/breaches/<uuid:id>/closing/", views.closing, name="desk-breach-closing"),
]
