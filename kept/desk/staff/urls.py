"""Addresses of those who employ, under /desk/staff/, and of whoever was invited."""

from __future__ import annotations

from django.urls import path

from kept.desk.staff import invited_views, views

urlpatterns = [
    path("desk/staff/", views.staff, name="desk-staff"),
    path("desk/staff/invitation/", views.invitation, name="desk-staff-invitation"),
    path("desk/staff/invitation/<uuid:id>/withdrawal/", views.withdrawal, name="desk-staff-withdrawal"),
    path("desk/staff/<int:id>/", views.post, name="desk-staff-post"),
    path("desk/staff/<int:id>/role/", views.role, name="desk-staff-role"),
    path("desk/staff/<int:id>/ending/", views.ending, name="desk-staff-ending"),
    path("account/invitation/<str:key>/", invited_views.invitation, name="staff-invitation"),
]
