"""Addresses under /me/products/, and the queue at the desk."""

from __future__ import annotations

from django.urls import path, register_converter

from kept.touchpoints.registrations import desk_views, references, views

register_converter(references.InAddress, "reference")

urlpatterns = [
    path("me/products/", views.products, name="my-products"),
    path("me/products/register/", views.machine, name="register-product"),
    path("me/products/register/<uuid:id>/", views.machine, name="register-machine"),
    path("me/products/register/<uuid:id>/you/", views.owner, name="register-owner"),
    path("me/products/register/<uuid:id>/check/", views.check, name="register-check"),
    path("me/products/register/<uuid:id>/proof/", views.proof, name="register-proof"),
    path("me/products/registrations/<reference:reference>/", views.registration, name="registration"),
    path("me/products/registrations/<reference:reference>/undoing/", views.undoing, name="registration-undoing"),
    path("me/products/claims/<reference:reference>/", views.claim, name="registration-claim"),
    path("desk/registrations/", desk_views.queue, name="desk-registrations"),
    path("desk/registrations/<uuid:id>/", desk_views.claim, name="desk-registration"),
    path("desk/registrations/<uuid:id>/proof/", desk_views.proof, name="desk-registration-proof"),
]
