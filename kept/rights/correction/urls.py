"""Addresses of corrections and of recipients: the person's under /me/, the controller's under /desk/."""

from __future__ import annotations

from django.urls import path

from kept.rights.correction import desk_views, views

urlpatterns = [
    path("me/correction/", views.corrections, name="corrections"),
    path("me/correction/<uuid:id>/", views.correction, name="correction"),
    path("me/correction/<uuid:id>/taken-back/", views.taken_back, name="correction-taken-back"),
    path("me/correction/<uuid:id>/statement/", views.statement, name="correction-statement"),
    path("me/correction/values/<str:table>/<str:row>/", views.record, name="correction-record"),
    path("me/correction/values/<str:table>/<str:row>/<str:attribute>/", views.value, name="correction-value"),
    path("me/recipients/", views.recipients, name="my-recipients"),
    path("desk/corrections/<uuid:id>/", desk_views.correction, name="desk-correction"),
    path("desk/corrections/<uuid:id>/value/", desk_views.letter, name="desk-correction-value"),
    path("desk/corrections/<uuid:id>/acceptance/", desk_views.acceptance, name="desk-correction-acceptance"),
    path("desk/corrections/<uuid:id>/refusal/", desk_views.refusal, name="desk-correction-refusal"),
    path("desk/corrections/<uuid:id>/limits/", desk_views.limits, name="desk-correction-limits"),
    path(
        "desk/corrections/<uuid:id>/evidence/<uuid:file>/",
        desk_views.evidence,
        name="desk-correction-evidence",
    ),
    path("desk/recipients/", desk_views.recipients, name="desk-recipients"),
    path("desk/recipients/<uuid:id>/", desk_views.recipient, name="desk-recipient"),
    path("desk/recipients/<uuid:id>/opening/", desk_views.opening, name="desk-recipient-opening"),
    path("desk/recipients/<uuid:id>/done/", desk_views.done, name="desk-recipient-done"),
]
