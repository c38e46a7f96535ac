"""Addresses under /me/products/, and the queue at the desk."""

from __future__ import annotations

from django.urls import path, register_converter

from kept import references
from kept.touchpoints.registrations import desk_views, views
from kept.touchpoints.registrations.handing_on import views as handing_on

register_converter(references.InAddress, "reference")

urlpatterns = [
    path("me/products/", views.products, name="my-products"),
    path("me/products/register/", views.machine, name="register-product"),
    path("me/products/register/<uuid:id>/", views.machine, name="register-machine"),
    path("me/products/register/<uuid:id>/you/", views.owner, name="register-owner"),
    path("me/products/register/<uuid:id>/check/", views.check, name="register-check"),
    path("me/products/register/<uuid:id>/proof/", views.proof, name="register-proof"),
    path("me/products/registrations/<reference:reference>/", views.registration, name="registration"),
    path(
        "me/products/registrations/<reference:reference>/undoing/", views.undoing, name="registration-undoing"
    ),
    path("me/products/claims/<reference:reference>/", views.claim, name="registration-claim"),
    path("me/products/units/<uuid:id>/", handing_on.unit, name="my-unit"),
    path("me/products/units/<uuid:id>/offer/", handing_on.offering, name="my-unit-offer"),
    path("me/products/units/<uuid:id>/giving-up/", handing_on.giving_up, name="my-unit-giving-up"),
    path("me/products/units/<uuid:id>/claims/<uuid:claim>/", handing_on.claim_answer, name="my-unit-claim"),
    path("me/products/handovers/<reference:reference>/", handing_on.handover, name="product-handover"),
    path(
        "me/products/handovers/<reference:reference>/withdrawal/",
        handing_on.withdrawing,
        name="product-handover-withdrawal",
    ),
    path(
        "me/products/handovers/<reference:reference>/taking-back/",
        handing_on.taking_back,
        name="product-handover-taking-back",
    ),
    path("me/products/offers/<str:key>/", handing_on.offer, name="product-offer"),
    path("desk/registrations/", desk_views.queue, name="desk-registrations"),
    path("desk/registrations/<uuid:id>/", desk_views.claim, name="desk-registration"),
    path("desk/registrations/<uuid:id>/proof/", desk_views.proof, name="desk-registration-proof"),
]
