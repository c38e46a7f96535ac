"""The status of an exercise as the protocol writes it (3.03).

It names states, days and addresses of ours, and nothing about the person.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from kept.rights.agents.models import REMEMBERED, Exercise


def document(exercise: Exercise, now: datetime | None = None) -> dict[str, Any]:
    """Keys without a value are left out. Times are UTC, written +00:00."""
    now = now or timezone.now()
    said: dict[str, Any] = {
        "request_id": str(exercise.pk),
        "agent_request_id": exercise.agent_request_id,
        "received_at": written(exercise.received_at),
        "expected_by": written(_end_of(exercise.expected)) if exercise.expected and not exercise.over else "",
        "processing_details": exercise.details,
        "status": exercise.status,
        "reason": exercise.reason,
    }
    if exercise.reason == Exercise.Reason.NEED_USER_VERIFICATION:
        said["user_verification_url"] = address(exercise, "confirming")
        said["expires_at"] = written(exercise.verify_until) if exercise.verify_until else ""
    elif fetchable(exercise, now):
        assert exercise.results_until is not None
        said |= {"results_url": address(exercise, "results"), "expires_at": written(exercise.results_until)}
    elif exercise.ended_at:
        said["expires_at"] = written(exercise.ended_at + REMEMBERED)
    return {key: value for key, value in said.items() if value}


def fetchable(exercise: Exercise, now: datetime) -> bool:
    """Whether what it brought still waits for the person: once, and until its day."""
    until = exercise.results_until
    return (
        exercise.status == Exercise.Status.FULFILLED
        and exercise.results_taken_at is None
        and until is not None
        and now < until
    )


def address(exercise: Exercise, what: str) -> str:
    """The person's page for it, in full: "confirming" or "results"."""
    return settings.KEPT_SITE + reverse(f"agents-{what}", args=[exercise.pk, exercise.page(what)])


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _end_of(day: date) -> datetime:
    """The last second of the day at the portal."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=timezone.get_default_timezone())
