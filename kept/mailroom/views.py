"""Mail that waits for somebody's look: the list with the reasons, and one mail with what can become of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.vault.errors import VaultError
from kept.mailroom import distribution, looks
from kept.mailroom.desk import ROLES, waiting_for
from kept.mailroom.forms import TAKE, LookForm
from kept.mailroom.models import ReceivedMail
from kept.mailroom.reading.mail_parser import NoLetter
from kept.mailroom.takers import TAKERS, Mail

MOST = 200
LONGEST = 20_000
"""Characters of a mail that are shown: whoever decides need not read on."""


@never_cache
@require_safe
@staff_required(roles=ROLES)
def queue(request: DeskRequest) -> HttpResponse:
    """What waits, the oldest first. The list opens nothing."""
    rows = waiting_for(request.post_held.role, request.reader.entity)[:MOST]
    return render(request, "mailroom/desk/waiting.html", {"rows": rows, "most": MOST})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(roles=ROLES)
def look(request: DeskRequest, id: UUID) -> HttpResponse:
    """One mail: what it says, why it waits, and what becomes of it."""
    row = waiting_for(request.post_held.role, request.reader.entity).filter(pk=id).first()
    if row is None:
        raise Http404
    mail = _opened(row)
    form = LookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _decided(row, mail, form.cleaned_data["outcome"], request))
            return redirect("desk-mail")
        except (distribution.EndedMeanwhile, VaultError, NoLetter) as no:
            form.add_error(None, str(no) or _("Somebody else has decided about it meanwhile."))
    looks.record(request.reader, row, mail)
    assert row.held_at is not None
    context = {
        "row": row,
        "until": distribution.kept_until(row.held_at),
        "mail": mail,
        "text": mail.letter.text[:LONGEST] if mail else "",
        "form": form,
    }
    return render(request, "mailroom/desk/look.html", context, status=422 if form.errors else 200)


def _opened(row: ReceivedMail) -> Mail | None:
    """None where nobody can read it."""
    try:
        return distribution.opened(row, looked=True)
    except (NoLetter, VaultError, OSError):
        return None


def _decided(row: ReceivedMail, mail: Mail | None, outcome: str, request: DeskRequest) -> str:
    """The sentence of what was done. Raises what the room raises, NoLetter and EndedMeanwhile."""
    role = request.post_held.role
    if outcome != TAKE:
        distribution.finish(row, ReceivedMail.Outcome.SET_ASIDE, role=role)
        return _("It is set aside, and nothing of it is kept.")
    if mail is None:
        raise NoLetter(_("It cannot be read, so it cannot be let in. Set it aside."))
    distribution.give(row, mail, TAKERS[row.taker], role=role)
    return _("It is let in.")
