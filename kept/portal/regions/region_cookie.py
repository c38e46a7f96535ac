"""The one cookie of a region: that somebody chose to stay on this site.

Set when she clicks that, and at no other time.

She asks for it by that click, so it needs no other yes (Directive 2002/58/EC, Art. 5(3): "explicitly
requested"). It holds the id of the region she stays on, and nothing about her; a value that is no region of
ours is no choice.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kept.core.policy.model import Policy

NAME = "kept_region"


def stays(request: HttpRequest, policy: Policy) -> str:
    """The id of the region she chose to stay on, or ""."""
    value = request.COOKIES.get(NAME, "")
    return value if value in policy.company.regions else ""


def remember(answer: HttpResponse, policy: Policy, region: str) -> None:
    """For as long as the policy's table says."""
    answer.set_cookie(
        "kept_region",
        region,
        max_age=_lifetime(policy),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(answer: HttpResponse) -> None:
    answer.delete_cookie(NAME, samesite="Lax")


def _lifetime(policy: Policy) -> int | None:
    lifetime = next((cookie.lifetime for cookie in policy.cookies.values() if cookie.matches(NAME)), None)
    today = timezone.localdate()
    return (lifetime.after(today) - today).days * 86_400 if lifetime else None
