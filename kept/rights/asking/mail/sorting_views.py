"""Mail nobody took for a request, at the desk: the list with the reasons, and one mail with what can become
of it.
"""

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
from kept.core.ledger import versions
from kept.core.vault.errors import VaultError
from kept.mailroom.own_addresses import own_addresses
from kept.rights.asking.mail import intake, sorting, unsorted
from kept.rights.asking.mail.sorting_forms import WHICH, SortingForm
from kept.rights.asking.models import Unsorted
from kept.rights.requests.course.verbs import NotYet
from kept.rights.requests.desk import ANSWERING, regions_of
from kept.rights.requests.models import Request
from kept.sentences import day

MOST = 200
controllers_only = staff_required(roles=ANSWERING)


@never_cache
@require_safe
@controllers_only
def queue(request: DeskRequest) -> HttpResponse:
    """What waits, the oldest first. The list opens nothing."""
    waiting = Unsorted.objects.filter(sorted_at=None, region__in=_regions(request)).defer("letter")
    return render(request, "asking/desk/unsorted.html", {"rows": waiting[:MOST], "most": MOST})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@controllers_only
def sort(request: DeskRequest, id: UUID) -> HttpResponse:
    """One mail: what it says, why it was not taken in, and what becomes of it."""
    row = Unsorted.objects.filter(pk=id, region__in=_regions(request)).select_related("request").first()
    if row is None:
        raise Http404
    letter = unsorted.opened(row)
    ours = own_addresses(versions.current().policy.company)
    first = {"name": letter.name, "email": "" if letter.sender in ours else letter.sender} if letter else {}
    form = SortingForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _sorted(request, row, form))
            return redirect("desk-unsorted")
        except (NotYet, VaultError) as no:
            form.add_error(None, str(no))
    context = {"row": row, "letter": letter, "form": form, "words": intake.text_of(letter) if letter else ""}
    return render(request, "asking/desk/sort.html", context, status=422 if request.method == "POST" else 200)


def _sorted(request: DeskRequest, row: Unsorted, form: SortingForm) -> str:
    """The sentence of what was done. Raises NotYet."""
    given, by = form.cleaned_data, request.reader
    outcome = given["outcome"]
    if outcome == Unsorted.Outcome.REQUEST:
        made = sorting.make_request(row, by=by, kind=given["kind"], name=given["name"], email=given["email"])
        return _("{reference} is taken in. It is due on {day}. Nobody was written to.").format(
            reference=made.reference, day=day(made.due)
        )
    if outcome == Unsorted.Outcome.SPAM:
        sorting.close(row, by=by, outcome=outcome)
        return _("It is closed as spam, and nothing of it is kept.")
    other = Request.objects.filter(reference=given["reference"].upper(), region__in=_regions(request)).first()
    if other is None:
        raise NotYet(f"{WHICH}.")
    if outcome == Unsorted.Outcome.JOINED:
        sorting.join(row, by=by, request=other)
        return _("It stands in {reference} now.").format(reference=other.reference)
    sorting.close(row, by=by, outcome=outcome, request=other)
    return _("It is closed as a duplicate of {reference}.").format(reference=other.reference)


def _regions(request: DeskRequest) -> list[str]:
    return regions_of(request.post_held.role, request.post_held.entity)
