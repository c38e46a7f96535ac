"""What a yes brings to whoever is signed in: the greeting this device may keep, and the answers that follow
her ID.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from kept.accounts.signing_in.policy_in_force import ruling
from kept.portal.visitors import greeting
from kept.portal.visitors.device_consent import PREFERENCE, chosen
from kept.rights.cookies import account_sync, set_cookies
from kept.rights.cookies.cookie_words import open_kinds
from kept.rights.erasure.flows import of as erasure_of


def look(request: HttpRequest, answer: HttpResponse) -> None:
    """Costs nothing but on the page that signs her in, and where she chooses."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.person_id is None:
        return
    _read_back(request, answer, user.person_id)
    _greet(request, answer, user.person_id)
    if _asks_for_erasure(request) and erasure_of(user.person_id) is not None:
        set_cookies.forget_her(request, answer)


def _read_back(request: HttpRequest, answer: HttpResponse, subject: UUID) -> None:
    """On the page that opens a session, for what this device has no answer to; and where it has one, after
    she said something at her choices.
    """
    before = chosen(request)
    spoke = before.answered and request.method == "POST" and request.path_info == reverse("choices")
    if not spoke and settings.SESSION_COOKIE_NAME not in answer.cookies:
        return
    if not spoke and not open_kinds(ruling(request).policy, before, ""):
        return
    said = account_sync.read_back(subject, ruling(request), before, over=spoke)
    if said is not None:
        set_cookies.remember(request, answer, said)


def _greet(request: HttpRequest, answer: HttpResponse, subject: UUID) -> None:
    """Keep the first name she is greeted by, once it was read for her page: with a yes, and not for somebody
    about to be forgotten.
    """
    sent = request.COOKIES.get(greeting.COOKIE)
    if not chosen(request).allows(PREFERENCE) or greeting.PLACE not in request.session:
        return
    wanted = greeting.seal(request.session[greeting.PLACE])
    if sent == wanted and not _asks_for_erasure(request):
        return
    if erasure_of(subject) is None:
        until = set_cookies.lasts_until(ruling(request).policy, greeting.COOKIE, timezone.localdate())
        set_cookies.put(answer, greeting.COOKIE, wanted, until=until)
    elif sent is not None:
        set_cookies.take(answer, greeting.COOKIE)


def _asks_for_erasure(request: HttpRequest) -> bool:
    return request.method == "POST" and request.path_info == reverse("erasure")
