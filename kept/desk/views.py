"""The desk: what waits, and one matter with the person it is about.

What was searched never stands in an address.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.models import StaffMember
from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.policy_in_force import ruling
from kept.accounts.signing_in.staff import staff_required
from kept.core.consent.consent_state import standing
from kept.core.ledger import versions
from kept.core.register.hooks.desk import panels_for, queues_for
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.errors import NotAllowed
from kept.desk import flows, matter_bounds
from kept.desk.forms import FindForm, GoOnForm, MatterForm, PersonForm, RevealForm
from kept.desk.matter_bounds import BoundReached
from kept.desk.models import Excess, Matter
from kept.desk.person_card import card
from kept.people.models import Person

WORKERS = ("support", "sales")
WATCHERS = ("controller", "officer")


def _purposes(request: DeskRequest) -> list[tuple[str, str]]:
    known = ruling(request).spoken.purposes
    return [(id, known[id].title) for id in flows.PURPOSES.get(request.post_held.role, ()) if id in known]


def _open_matters(request: DeskRequest) -> list[Matter]:
    found = Matter.objects.filter(opener=request.reader.actor, closed_at=None).order_by("-worked_at")[:20]
    return [matter for matter in found if matter.matter_open]


def _overview(request: DeskRequest, form: MatterForm, status: int = 200) -> HttpResponse:
    role = request.post_held.role
    with versions.asked_once(ruling(request)):
        queues = [(queue, queue.waiting(request.reader)) for queue in queues_for(role)]
    context = {
        "form": form,
        "matters": _open_matters(request),
        "queues": queues,
        "works": bool(_purposes(request)),
    }
    return render(request, "desk/overview.html", context, status=status)


@never_cache
@require_safe
@staff_required
def overview(request: DeskRequest) -> HttpResponse:
    """What waits for this role, the matters open now, and the form that opens one."""
    return _overview(request, MatterForm(purposes=_purposes(request)))


@require_POST
@staff_required(roles=WORKERS)
def matters(request: DeskRequest) -> HttpResponse:
    """Open one; from the search box, look in it at once."""
    form = MatterForm(request.POST, purposes=_purposes(request))
    wanted = FindForm({"text": request.POST.get("find-text", "")})
    if not form.is_valid():
        if wanted.is_valid():
            return _finding(request, wanted, form, status=422)
        return _overview(request, form, status=422)
    opened = flows.open_matter(reader=request.reader, **form.cleaned_data)
    if wanted.is_valid():
        return _search(request, opened, wanted)
    return redirect("desk-matter", id=opened.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(roles=WORKERS)
def finding(request: DeskRequest) -> HttpResponse:
    """The box at the top of each page: a reference leads to its case, for a person a matter comes first."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (address := flows.leads_to(request.reader, form.cleaned_data["text"])):
        return redirect(address)
    status = 422 if form.is_bound and not form.is_valid() else 200
    return _finding(request, form, MatterForm(purposes=_purposes(request)), status=status)


def _finding(request: DeskRequest, form: FindForm, matter_form: MatterForm, *, status: int) -> HttpResponse:
    text = form.cleaned_data.get("text", "") if form.is_bound and form.is_valid() else ""
    context = {"form": form, "matter_form": matter_form, "matters": _open_matters(request), "text": text}
    return render(request, "desk/finding.html", context, status=status)


def _find(request: DeskRequest, id: UUID) -> Matter:
    try:
        return flows.of_role(post=request.post_held, id=id)
    except flows.NotAMatterOfYours:
        raise Http404 from None


def _show(request: DeskRequest, matter: Matter, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a matter, rendered inside the act: what it shows is on the record before the first byte
    leaves.
    """
    rules = ruling(request)
    context: dict[str, Any] = {
        "matter": matter,
        "purpose": rules.spoken.purposes.get(matter.purpose),
        "find_form": FindForm(),
        "bound": matter_bounds.reached(matter),
        "go_on_form": GoOnForm(),
        "matters": _open_matters(request),
        **more,
    }
    # A purpose the company gave up opens nothing any more, in matters of its own least of all.
    if not matter.matter_open or context["purpose"] is None:
        return render(request, "desk/matter_closed.html", context)
    with gate.purpose(matter.purpose, reader=request.reader, about=matter):
        context["text"] = show(matter, matter.said_in)
        if matter.person:
            context.update(_about(request, matter, matter.person, rules))
        return render(request, "desk/matter.html", context, status=status)


def _about(request: DeskRequest, matter: Matter, person: Person, rules: versions.Ruling) -> dict[str, Any]:
    panels = []
    for panel in panels_for(request.reader.role, matter.purpose):
        try:
            shown = panel.context(matter, person)
        except NotAllowed as no:
            panels.append({"panel": panel, "refused": no.refused})
            continue
        if shown is not None:
            panels.append({"panel": panel, "context": shown})
    return {
        "person": person,
        "lines": card(matter, person, request.reader, rules, standing(person.pk)),
        "panels": panels,
        "reveal_form": RevealForm(),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def keys(request: DeskRequest) -> HttpResponse:
    """Which keys there are, and whether whoever asks wants them."""
    post = request.post_held
    if request.method == "POST":
        since = (post.keys_off or timezone.now()) if "off" in request.POST else None
        StaffMember.objects.filter(pk=post.pk).update(keys_off=since)
        return redirect("desk-keys")
    return render(request, "desk/keys.html", {"off": post.keys_off})


@never_cache
@require_safe
@staff_required(roles=WORKERS)
def matter(request: DeskRequest, id: UUID) -> HttpResponse:
    return _show(request, _find(request, id))


@never_cache
@require_POST
@staff_required(roles=WORKERS)
def search(request: DeskRequest, id: UUID) -> HttpResponse:
    """Whom it is about.

    The answer is shown at once, so that neither address nor history holds what was typed.
    """
    return _search(request, _find(request, id), FindForm(request.POST))


def _search(request: DeskRequest, matter: Matter, form: FindForm) -> HttpResponse:
    if not form.is_valid():
        return _show(request, matter, status=422, find_form=form, form=form)
    if not matter.matter_open:
        return _show(request, matter)
    try:
        found = flows.find(reader=request.reader, matter=matter, text=form.cleaned_data["text"])
    except BoundReached as stopped:
        return _show(request, matter, status=403, find_form=form, bound=stopped.bound)
    return _show(request, matter, find_form=form, found=found, searched=True)


@require_POST
@staff_required(roles=WORKERS)
def person(request: DeskRequest, id: UUID) -> HttpResponse:
    matter, form = _find(request, id), PersonForm(request.POST)
    chosen = Person.objects.filter(pk=form.cleaned_data["person"]).first() if form.is_valid() else None
    if chosen is None or not matter.matter_open:
        return _show(request, matter, status=422)
    try:
        flows.concern(reader=request.reader, matter=matter, person=chosen)
    except BoundReached as stopped:
        return _show(request, matter, status=403, bound=stopped.bound)
    return redirect("desk-matter", id=matter.pk)


@never_cache
@require_http_methods(["POST"])
@staff_required(roles=WORKERS)
def reveal(request: DeskRequest, id: UUID) -> HttpResponse:
    matter, form = _find(request, id), RevealForm(request.POST)
    if matter.person is None:
        raise Http404
    if not form.is_valid() or not matter.matter_open:
        return _show(request, matter, status=422, form=form, refused_reveal=form)
    flows.reveal(reader=request.reader, matter=matter, **form.cleaned_data)
    return redirect("desk-matter", id=matter.pk)


@never_cache
@require_POST
@staff_required(roles=WORKERS)
def going_on(request: DeskRequest, id: UUID) -> HttpResponse:
    """More than a matter leads to without a reason."""
    matter, form = _find(request, id), GoOnForm(request.POST)
    if not form.is_valid() or not matter.matter_open:
        return _show(
            request,
            matter,
            status=422,
            go_on_form=form,
            bound=matter_bounds.reached(matter) or matter_bounds.OPENED,
        )
    flows.go_on(reader=request.reader, matter=matter, **form.cleaned_data)
    return redirect("desk-matter", id=matter.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(roles=WATCHERS)
def beyond(request: DeskRequest) -> HttpResponse:
    """For the controller: matters that went beyond their bound, and which of them were looked at."""
    rows = Excess.objects.filter(entity=request.reader.entity)
    if request.method == "POST":
        number = request.POST.get("row", "")
        if number.isascii() and number.isdigit() and len(number) < 10:
            rows.filter(pk=int(number), seen_at=None).update(seen_at=timezone.now())
        return redirect("desk-beyond")
    return render(
        request,
        "desk/beyond.html",
        {
            "rows": rows.filter(seen_at=None)[:100],
            "bounds": ", ".join(f"{bound.most} {bound.words}" for bound in matter_bounds.BOUNDS),
        },
    )


@require_POST
@staff_required(roles=WORKERS)
def closing(request: DeskRequest, id: UUID) -> HttpResponse:
    matter = _find(request, id)
    matter.close()
    messages.success(request, _("Matter {number} is closed.").format(number=matter.number))
    return redirect("desk")
