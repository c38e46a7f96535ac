"""Addresses under /desk/requests/ and /me/requests/."""

from __future__ import annotations

from django.urls import path

from kept.rights.requests.at_the_desk import desk_views, step_views, triage
from kept.rights.requests.course import own_views

urlpatterns = [
    path("desk/requests/", desk_views.requests, name="desk-requests"),
    path("desk/requests/new/", desk_views.new, name="desk-request-new"),
    path("desk/requests/from/<uuid:matter>/", triage.recognising, name="desk-request-recognising"),
    path("desk/requests/<uuid:id>/", desk_views.request, name="desk-request"),
    path("desk/requests/<uuid:id>/files/<uuid:file>/", desk_views.file, name="desk-request-file"),
    path("desk/requests/<uuid:id>/letter/", desk_views.letter, name="desk-request-letter"),
    path("desk/requests/<uuid:id>/answer/", step_views.answer, name="desk-request-answer"),
    path("desk/requests/<uuid:id>/posting/", step_views.posting, name="desk-request-posting"),
    path("desk/requests/<uuid:id>/extension/", step_views.extension, name="desk-request-extension"),
    path("desk/requests/<uuid:id>/controller/", step_views.controller, name="desk-request-controller"),
    path("desk/requests/<uuid:id>/identity/", step_views.identity, name="desk-request-identity"),
    path("desk/requests/<uuid:id>/checking/", step_views.checking, name="desk-request-checking"),
    path("desk/requests/<uuid:id>/authority/", step_views.authority, name="desk-request-authority"),
    path("desk/requests/<uuid:id>/copy/", desk_views.copy_by_post, name="desk-request-copy"),
    path("desk/requests/<uuid:id>/telling/", desk_views.telling, name="desk-request-telling"),
    path("desk/requests/<uuid:id>/carrying-out/", step_views.carrying_out, name="desk-request-carrying-out"),
    path("desk/requests/<uuid:id>/taking-back/", step_views.taking_back, name="desk-request-taking-back"),
    path("desk/requests/<uuid:id>/closing/", step_views.closing, name="desk-request-closing"),
    path("me/requests/", own_views.requests, name="my-requests"),
    path("me/requests/<uuid:id>/", own_views.request, name="my-request"),
    path("me/requests/<uuid:id>/files/<uuid:file>/", own_views.file, name="my-request-file"),
    path("me/requests/<uuid:id>/closing/", own_views.closing, name="my-request-closing"),
]
