"""Addresses of the protocol, with and without the slash at the end as agents call them; and the pages where a
person confirms and fetches.
"""

from __future__ import annotations

from django.urls import path

from kept.rights.agents import desk_views, pages, views

urlpatterns = [
    path("v1/data-rights-request", views.exercises),
    path("v1/data-rights-request/", views.exercises, name="agents-exercises"),
    path("v1/data-rights-request/<uuid:id>", views.exercise),
    path("v1/data-rights-request/<uuid:id>/", views.exercise, name="agents-exercise"),
    path("v1/agent/<str:id>", views.agent),
    path("v1/agent/<str:id>/", views.agent, name="agents-agent"),
    path("v1/<path:rest>", views.nothing),
    path("privacy/agent/<uuid:id>/<slug:mark>/", pages.confirming, name="agents-confirming"),
    path("privacy/agent/<uuid:id>/<slug:mark>/code/", pages.code, name="agents-code"),
    path("privacy/agent/<uuid:id>/<slug:mark>/refusal/", pages.refusal, name="agents-refusal"),
    path("privacy/agent/<uuid:id>/<slug:mark>/confirmation/", pages.confirmation, name="agents-confirmation"),
    path("privacy/results/<uuid:id>/<slug:mark>/", pages.results, name="agents-results"),
    path("privacy/results/<uuid:id>/<slug:mark>/code/", pages.results_code, name="agents-results-code"),
    path("privacy/results/<uuid:id>/<slug:mark>/copy/", pages.results_copy, name="agents-results-copy"),
    path("desk/agents/", desk_views.exercises, name="desk-agents"),
    path("desk/agents/<uuid:id>/", desk_views.exercise, name="desk-agent-exercise"),
]
