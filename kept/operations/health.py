"""Health for the machines that watch: no personal data, no sign-in, one reason a line when not ready."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kept.core.register.live_schema import migrations_wait
from kept.operations import comparison
from kept.operations.silence.failure_sentences import of_database


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"live": True})


@login_not_required
@never_cache
@require_safe
def started(request: HttpRequest) -> HttpResponse:
    """The checks passed: without that there would be no application to ask."""
    return JsonResponse({"started": True})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether people can be served: database, migrations, master key, second place.

    503 with the reasons when not.

    ``attention``: what stops nobody from being served, and must be looked at all the same.
    """
    because, said = reasons(), comparison.said()
    answer = {"ready": not because, "because": because, "attention": list(said.attention)}
    return JsonResponse(answer, status=503 if because else 200)


def reasons() -> list[str]:
    """Why the portal cannot serve people now; [] when it can."""
    found = []
    if not Path(settings.KEPT_MASTER_KEY_FILE).is_file():
        found.append("The master key is missing. Put it back where KEPT_MASTER_KEY_FILE points.")
    try:
        if pending():
            found.append("The database is older than the program. Run `kept manage migrate`.")
    except DatabaseError as broken:
        found.append(of_database(broken))
    return [*found, *comparison.said().differences]


def pending() -> bool:
    """Whether a migration of this program has not been applied to the database."""
    return migrations_wait()
