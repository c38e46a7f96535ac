"""What happened to a person's data, and a copy of it. Each page reads in the person's own name."""

from __future__ import annotations

from functools import partial
from typing import BinaryIO
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.requests import OwnRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.accounts.signing_in.reauthentication import reauthentication_required, recent
from kept.accounts.signing_in.session_proof import session_proof
from kept.core.ledger import versions
from kept.core.ledger.history import Changed
from kept.core.vault import gate
from kept.core.vault import history as ledger
from kept.core.vault.history import Happening
from kept.core.vault.sealed_files.files import SealedFile
from kept.portal.form_parts.responses import invalid
from kept.rights import flows
from kept.rights.access import person_timeline
from kept.rights.copies.zip_response import zipped
from kept.rights.forms import Chosen, CopyForm, TimelineForm, whole
from kept.rights.models import Copy
from kept.sentences import sentence

PAGE = 100


@never_cache
@require_safe
def timeline(request: OwnRequest) -> HttpResponse:
    """What happened to the person's data, newest first, a hundred at a time, of one kind and between two days
    where she asks so.
    """
    person, policy = request.person, versions.spoken(ruling(request).policy)
    form = TimelineForm(request.GET)
    chosen = form.chosen()
    most = whole(request.GET.get("most", ""), least=PAGE, most=100 * PAGE)
    with gate.purpose("own-data", reader=request.reader, about=person):
        changed = set[Changed]()
        happenings = _happenings(person.pk, chosen, most, changed)
        context = {
            "changed": person_timeline.in_order(changed),
            "form": form,
            "days": person_timeline.days(happenings[:most], policy, only=chosen.only),
            "chosen": chosen,
            "more": None,
        }
        if len(happenings) > most:
            context["more"] = chosen.address(most + PAGE)
        return render(request, "rights/timeline.html", context, status=200 if form.is_valid() else 422)


def _happenings(subject: UUID, chosen: Chosen, most: int, changed: set[Changed]) -> list[Happening]:
    """One more than ``most`` that the filter shows, where there are so many: further back, until they are
    found.
    """
    window = most + 1
    while True:
        found = ledger.timeline(
            subject, limit=window, since=chosen.since, until=chosen.until, changed=changed
        )
        wanted = person_timeline.of(found, chosen.only)
        if len(wanted) > most or len(found) + len(changed) < window:
            return wanted[: most + 1]
        window *= 8


def _kinds(request: OwnRequest) -> list[tuple[str, str]]:
    policy = versions.spoken(ruling(request).policy)
    return [(category.id, category.title) for category in policy.categories.values()]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: OwnRequest) -> HttpResponseBase:
    """Ask for a copy, and find those that wait."""
    form = CopyForm(request.POST or None, kinds=_kinds(request))
    if request.method == "POST":
        return _asked(request, form)
    return render(request, "rights/copy.html", _copies(request, form))


@reauthentication_required
def _asked(request: OwnRequest, form: CopyForm) -> HttpResponseBase:
    if not form.is_valid():
        return invalid(request, "rights/copy.html", _copies(request, form))
    subject, chosen = request.person.pk, form.cleaned_data["categories"]
    if flows.small(subject):
        content = flows.make_now(subject=subject, reader=request.reader, categories=chosen)
        answer = HttpResponse(content, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="your-data-{timezone.localdate()}.zip"'
        return answer
    try:
        flows.ask(subject=subject, proof=session_proof(request), categories=chosen)
    except flows.CopyStillValid as valid:
        return render(request, "rights/copy.html", {**_copies(request, form), "valid": valid}, status=409)
    return redirect("copy")


def _copies(request: OwnRequest, form: CopyForm) -> dict[str, object]:
    found = Copy.objects.filter(subject=request.person.pk, stopped_at=None)
    working = found.filter(finished_at=None).order_by("asked_at").first()
    waiting = found.exclude(file=None).filter(dies_at__gt=timezone.now()).order_by("-finished_at")
    last = Copy.objects.filter(subject=request.person.pk).order_by("-asked_at").first()
    given_up = last if last and last.given_up else None
    return {
        "form": form,
        "working": working,
        "waiting": waiting,
        "given_up": given_up,
        "recent": recent(request),
    }


def _own(request: OwnRequest, id: UUID) -> Copy:
    copy = Copy.objects.filter(pk=id, subject=request.person.pk).first()
    if copy is None:
        raise Http404
    return copy


@never_cache
@require_safe
@reauthentication_required
def copy_file(request: OwnRequest, id: UUID) -> HttpResponseBase:
    """Fetch a finished copy. It is opened into a file without a name, which is gone when the answer is."""
    copy = _own(request, id)
    if copy.file is None or copy.dies_at is None or copy.dies_at <= timezone.now():
        raise Http404
    assert copy.finished_at is not None
    return zipped(partial(_opened, request, copy), day=timezone.localdate(copy.finished_at))


def _opened(request: OwnRequest, copy: Copy, out: BinaryIO) -> None:
    assert copy.file is not None
    with gate.purpose("own-data", reader=request.reader, about=request.person) as act:
        act.kind = "copied"
        act.touch(copy.subject, what=sentence("You downloaded your copy"))
        out.writelines(SealedFile.open(copy.file))


@require_POST
def copy_stop(request: OwnRequest, id: UUID) -> HttpResponse:
    _own(request, id).stop()
    return redirect("copy")
