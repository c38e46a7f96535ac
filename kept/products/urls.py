"""Addresses of the catalogue. All are open: finding a product needs no identity."""

from __future__ import annotations

from django.urls import path

from kept.products import views

urlpatterns = [
    path("products/", views.finder, name="products"),
    path("products/compare/", views.comparison, name="compare-products"),
    path("products/<slug:slug>/", views.product, name="product"),
]
