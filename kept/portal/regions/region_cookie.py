"""The one cookie of a region: that somebody chose to stay on this site.

Set when she clicks that, and at no other time.

She asks for it by that click, so it needs no other yes (Directive 2002/58/EC, Art. 5(3): "explicitly
requested"). It holds the id of the region she stays on, and nothing about her; a value that is no region of
ours is no choice.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kept.core.policy.model import Policy
from kept.portal.visitors import cookie_lifetimes

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
        max_age=cookie_lifetimes.seconds(policy, NAME),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(answer: HttpResponse) -> None:
    answer.delete_cookie(NAME, samesite="Lax")
