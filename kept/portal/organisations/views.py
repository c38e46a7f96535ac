"""A person's organisations: who belongs, in which role, who is on the way in; and every way out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.requests import KnownRequest, OwnRequest
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.readers import SelfReader
from kept.people.models import LastOwner, Membership, Organisation
from kept.portal.form_parts.door import stores_under
from kept.portal.organisations import flows
from kept.portal.organisations.forms import InvitationForm, RoleForm, WishForm
from kept.portal.organisations.models import Joining, Seat

REFUSALS = (flows.NotNow, LastOwner)


@never_cache
@require_safe
def organisations(request: OwnRequest) -> HttpResponse:
    return _list(request, WishForm())


def _list(request: OwnRequest, form: WishForm, status: int = 200) -> HttpResponse:
    mine = Membership.objects.current().filter(person=request.person).select_related("organisation")
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.person):
        lines = [(one, show(one.organisation, "name")) for one in mine]
        wishes = list(Joining.objects.open().filter(person=request.person, key_hash=None))
        context = {"lines": lines, "wishes": wishes, "form": form}
        return render(request, "organisations/list.html", context, status=status)


@require_POST
@stores_under(flows.PURPOSE)
def wishing(request: OwnRequest) -> HttpResponse:
    form = WishForm(request.POST)
    if form.is_valid():
        try:
            flows.wish(reader=request.reader, person=request.person, vat=form.cleaned_data["vat"])
        except flows.NotNow as no:
            form.add_error("vat", str(no))
        else:
            messages.success(
                request,
                _("If this organisation is here, its owners are asked. When one says yes, you get a mail."),
            )
            return redirect("organisations")
    return _list(request, form, status=422)


def _mine(request: OwnRequest, id: UUID) -> Membership:
    """Their membership of today; of other organisations nothing is told."""
    found = (
        Membership.objects.current()
        .filter(person=request.person, organisation=id)
        .select_related("organisation")
        .first()
    )
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def organisation(request: OwnRequest, id: UUID) -> HttpResponse:
    return _show(request, _mine(request, id))


def _show(request: OwnRequest, mine: Membership, *, status: int = 200, form: Any = None) -> HttpResponse:
    organisation, owner = mine.organisation, mine.role == Membership.Role.OWNER
    with gate.purpose(flows.PURPOSE, reader=request.reader, about=request.person):
        names = {
            seat.person_id: str(show(seat, "name")) for seat in Seat.objects.filter(organisation=organisation)
        }
        rows = organisation.memberships.current().order_by("role", "since")
        members = [
            (
                row,
                names.get(row.person_id, _("A colleague")),
                row.person_id == request.person.pk,
                RoleForm(initial={"role": row.role}),
            )
            for row in rows
        ]
        open_ = (
            Joining.objects.open().filter(organisation=organisation, refused_at=None).order_by("begun_at")
            if owner
            else ()
        )
        joinings = [(row, show(row, "name") if row.person_id else "", show(row, "email")) for row in open_]
        context = {
            "mine": mine,
            "organisation": organisation,
            "name": show(organisation, "name"),
            "vat": show(organisation, "vat"),
            "members": members,
            "joinings": joinings,
            "owner": owner,
            "alone": len(members) == 1,
            "form": form or InvitationForm(initial={"role": "viewer"}),
            "roles": Membership.Role.choices,
        }
        return render(request, "organisations/organisation.html", context, status=status)


@require_POST
@stores_under(flows.PURPOSE)
def inviting(request: OwnRequest, id: UUID) -> HttpResponse:
    mine, form = _mine(request, id), InvitationForm(request.POST)
    if form.is_valid():
        try:
            flows.invite(
                reader=request.reader,
                person=request.person,
                organisation=mine.organisation,
                **form.cleaned_data,
            )
        except flows.NotNow as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The invitation is on its way. Its link works for two weeks, once."))
            return redirect("organisation", id=id)
    return _show(request, mine, status=422, form=form)


@require_POST
def member(request: OwnRequest, id: UUID, member: int) -> HttpResponse:
    """Another role, or the end of a membership: one's own, or by an owner another's."""
    mine = _mine(request, id)
    # A page that was open for long names the row of before: each role is a row of its own.
    whose = mine.organisation.memberships.filter(pk=member).values("person")
    found = (
        mine.organisation.memberships.current()
        .filter(person__in=whose)
        .select_related("organisation", "person")
        .first()
    )
    if found is None:
        raise Http404
    own = found.person_id == request.person.pk
    try:
        if "leave" in request.POST:
            if found.pk != member:
                raise flows.NotNow(
                    _(
                        "Since you opened this page, this was changed. Look who belongs to it now, and choose"
                        " once more."
                    )
                )
            flows.leave(person=request.person, member=found)
            messages.success(
                request, _("You belong to it no longer.") if own else _("They belong to it no longer.")
            )
            return redirect("organisations") if own else redirect("organisation", id=id)
        form = RoleForm(request.POST, initial={"role": found.role})
        if not form.is_valid():
            raise flows.NotNow(" ".join(str(one) for one in form.errors["role"]).rstrip(".") + ".")
        flows.change_role(
            reader=request.reader, person=request.person, member=found, role=form.cleaned_data["role"]
        )
        messages.success(request, _("The new role counts from now on."))
    except REFUSALS as no:
        messages.error(request, str(no))
    return redirect("organisation", id=id)


@require_POST
def dissolving(request: OwnRequest, id: UUID) -> HttpResponse:
    mine = _mine(request, id)
    try:
        moved = flows.dissolve(person=request.person, organisation=mine.organisation)
    except REFUSALS as no:
        messages.error(request, str(no))
        return redirect("organisation", id=id)
    messages.success(
        request,
        ngettext(
            "The organisation is dissolved. {n} product became yours.",
            "The organisation is dissolved. {n} products became yours.",
            moved,
        ).format(n=moved),
    )
    return redirect("organisations")


@require_POST
def joining(request: OwnRequest, id: UUID) -> HttpResponse:
    """Yes or no to a wish, or an invitation or a wish taken back."""
    rows = Joining.objects.open().select_related("organisation", "person").filter(pk=id)
    found = (
        rows.filter(organisation__in=request.reader.organisations).first()
        or rows.filter(person=request.person, key_hash=None).first()
    )
    verb = request.POST.get("verb")
    if found is None or verb not in {"agree", "refuse", "withdraw"}:
        raise Http404
    try:
        if verb == "withdraw":
            flows.withdraw(person=request.person, joining=found)
        else:
            (flows.agree if verb == "agree" else flows.refuse)(person=request.person, joining=found)
        messages.success(
            request,
            {
                "agree": _("They belong to it now."),
                "refuse": _("It is refused. Nobody is told."),
                "withdraw": _("It is taken back."),
            }[verb],
        )
    except REFUSALS as no:
        messages.error(request, str(no))
    return redirect("organisations")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@stores_under(flows.PURPOSE, unless="decline")
def invitation(request: KnownRequest, key: str) -> HttpResponse:
    """What is offered, to whoever has the link of the mail.

    A GET changes nothing: mail scanners follow links.
    """
    found = Joining.objects.of_link(key)
    if found is None:
        return render(request, "organisations/invitation_over.html", status=410)
    reader = request.reader
    if request.method == "POST":
        try:
            if "decline" in request.POST:
                flows.decline(joining=found)
                messages.success(request, _("You declined."))
                return redirect("/")
            if isinstance(reader, SelfReader) and request.person is not None:
                joined: Organisation = flows.accept(reader=reader, person=request.person, joining=found)
                return redirect("organisation", id=joined.pk)
        except flows.NotNow as no:
            messages.error(request, str(no))
            return redirect("organisations" if request.person else "/")
    return render(request, "organisations/invitation.html", {"it": found, "sign_in": request.person is None})
