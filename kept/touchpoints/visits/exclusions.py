"""Who is not counted: whoever said no or sends the signal for it, whoever works here, and no page that nobody
has looked at yet.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from kept.accounts.models import User
from kept.core.consent.consent_state import standing
from kept.portal.visitors.device_consent import Chosen, asked_not_to, chosen

PURPOSE = "visits"
_EARLY = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ")


def consent(request: HttpRequest) -> Chosen | None:
    """Her answer about cookies, where this reading may be counted; None where it may not.

    Ask once a request, and go by the answer. Without a query for whoever is not signed in; for whoever is:
    one for the post, one for what they said.
    """
    if asked_not_to(request) or _is_early(request):
        return None
    said = chosen(request)
    if said.measurement is False:
        return None
    counts = settings.SESSION_COOKIE_NAME not in request.COOKIES or _user_counts(request)
    return said if counts else None


def _is_early(request: HttpRequest) -> bool:
    """A browser fetches ahead what might be read, and mostly is not."""
    return any("prefetch" in request.META.get(header, "") for header in _EARLY)


def _user_counts(request: HttpRequest) -> bool:
    user: User | AnonymousUser | None = getattr(request, "user", None)
    if not isinstance(user, User):
        return True
    said = standing(user.subject)
    return PURPOSE not in said.objections and PURPOSE not in said.restrictions and user.post() is None
