"""Guidelines at the desk: what binds the reader, its words with a short check, and who has not read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kept.accounts.models import StaffMember
from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.ledger import versions
from kept.core.policy.wording import Guideline
from kept.core.vault.columns.values import show
from kept.desk.staff.desk import ROLES
from kept.desk.staff.flows import Employer, post_shown, posts_of
from kept.promises import wording
from kept.promises.guidelines import flows
from kept.promises.guidelines.forms import CheckForm
from kept.sentences import listed

OPENED = "guidelines_opened"
"""Which words were opened in this session: guideline → hash of what was shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One guideline of the reader's, in their language."""

    bound: flows.Bound
    title: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A colleague who has not acknowledged something, for whoever employs."""

    name: Any
    post: str
    titles: str


@never_cache
@require_safe
@staff_required
def guidelines(request: DeskRequest) -> HttpResponse:
    """What binds the reader, and for employers: who has not acknowledged."""
    lines = _lines(request)
    employs = request.post_held.role in ROLES and all(line.bound.done for line in lines)
    context = {
        "lines": lines,
        "employs": employs,
        "missing": _missing(request) if employs else [],
        "waits": any(not line.bound.done for line in lines),
    }
    return render(request, "guidelines/list.html", context)


def _lines(request: DeskRequest) -> list[Line]:
    found = flows.bound(request.user.subject, request.post_held.role)
    return [Line(one, one.guideline.text(_language()).title) for one in found]


def _language() -> str:
    return get_language() or ""


def _missing(request: DeskRequest) -> list[Missing]:
    """By company, each in one act: names are read under the staff's own purpose."""
    by, found = Employer(request.reader), list[Missing]()
    for entity in by.entities():
        posts: list[StaffMember] = posts_of([entity])
        unread = flows.waiting(posts)
        if not unread:
            continue
        with by.act(entity):
            found += [
                Missing(
                    str(show(post.user.person, "name")) if post.user.person else post.user.email,
                    post_shown(post.role, post.entity),
                    listed([one.text(_language()).title for one in unread[post.pk]]),
                )
                for post in posts
                if post.pk in unread
            ]
    return found


def _bound(request: DeskRequest, id: str) -> flows.Bound:
    """The reader's own alone. Raises Http404 for what binds somebody else."""
    for one in flows.bound(request.user.subject, request.post_held.role):
        if one.guideline.id == id:
            return one
    raise Http404


@never_cache
@require_safe
@staff_required
def guideline(request: DeskRequest, id: str) -> HttpResponse:
    """Its words, and the check below them. That it was opened is remembered until it is acknowledged."""
    found = _bound(request, id)
    opened = request.session.get(OPENED, {})
    request.session[OPENED] = {**opened, id: flows.shown_hash(found.guideline, _language())}
    return _show(request, found)


def _show(
    request: DeskRequest,
    found: flows.Bound,
    *,
    form: CheckForm | None = None,
    status: int = 200,
) -> HttpResponse:
    one: Guideline = found.guideline
    text = one.text(_language())
    context = {
        "found": found,
        "guideline": one,
        "text": text,
        "html": wording.html(text.text, versions.current().policy),
        "hash": flows.shown_hash(one, _language()),
        "form": form or CheckForm(text=text),
    }
    return render(request, "guidelines/guideline.html", context, status=status)


@never_cache
@require_POST
@staff_required
def acknowledgement(request: DeskRequest, id: str) -> HttpResponse:
    """They have read it: the check is looked at, then it counts."""
    found = _bound(request, id)
    form = CheckForm(request.POST, text=found.guideline.text(_language()))
    opened = request.session.get(OPENED, {}).get(id, "")
    if opened and not form.is_valid():
        return _show(request, found, form=form, status=422)
    try:
        flows.acknowledge(user=request.user, guideline=found.guideline, language=_language(), opened=opened)
    except flows.NotOpened as no:
        messages.error(request, str(no))
        return redirect("desk-guideline", id=id)
    kept = {name: hash for name, hash in request.session.get(OPENED, {}).items() if name != id}
    request.session[OPENED] = kept
    messages.success(request, _("It is acknowledged, in the words you read."))
    left = [one for one in flows.bound(request.user.subject, request.post_held.role) if not one.done]
    return redirect("desk-guideline", id=left[0].guideline.id) if left else redirect("desk")
