"""Addresses under /desk/. Touchpoints add their own queues beside these."""

from __future__ import annotations

from django.urls import path

from kept.desk import views

urlpatterns = [
    path("desk/", views.overview, name="desk"),
    path("desk/finding/", views.finding, name="desk-finding"),
    path("desk/matters/", views.matters, name="desk-matters"),
    path("desk/matters/<uuid:id>/", views.matter, name="desk-matter"),
    path("desk/matters/<uuid:id>/search/", views.search, name="desk-matter-search"),
    path("desk/matters/<uuid:id>/person/", views.person, name="desk-matter-person"),
    path("desk/matters/<uuid:id>/reveal/", views.reveal, name="desk-matter-reveal"),
    path("desk/matters/<uuid:id>/going-on/", views.going_on, name="desk-matter-going-on"),
    path("desk/keys/", views.keys, name="desk-keys"),
    path("desk/beyond/", views.beyond, name="desk-beyond"),
    path("desk/matters/<uuid:id>/closing/", views.closing, name="desk-matter-closing"),
]
