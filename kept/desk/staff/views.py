"""Staff at the desk: who works here, taking somebody in, another role, letting go.

For data controllers and the privacy officer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.models import StaffMember
from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.posts import CONTROLLER, StillNeeded
from kept.accounts.signing_in.staff import staff_required
from kept.core.ledger import versions
from kept.core.vault.columns.values import show
from kept.desk.staff import flows, handover
from kept.desk.staff.desk import ROLES
from kept.desk.staff.forms import EndingForm, InvitationForm, RoleForm
from kept.desk.staff.models import Invitation

for_employers = staff_required(roles=ROLES)
REFUSALS = (flows.NotYours, flows.NotPossible, StillNeeded)


@dataclass(frozen=True, slots=True)
class Line:
    """One post or invitation as the list shows it.

    ``mine``: the reader's own, which is nobody's to change but others'.
    """

    row: Any
    name: Any
    email: Any
    words: str
    mine: bool = False


def _employer(request: DeskRequest) -> flows.Employer:
    return flows.Employer(request.reader)


def _line(request: DeskRequest, post: StaffMember) -> Line:
    person, mine = post.user.person, post.user.subject == request.reader.actor
    name, email = (show(person, "name"), show(person, "email")) if person else ("", post.user.email)
    return Line(post, name, email, flows.post_shown(post.role, post.entity), mine)


def _lines(request: DeskRequest, entity: str) -> tuple[list[Line], list[Line]]:
    """Posts and open invitations of one company, opened in one act."""
    with _employer(request).act(entity):
        posts = [_line(request, post) for post in flows.posts_of([entity])]
        open_ = Invitation.objects.open().filter(entity=entity).order_by("invited_at")
        words = flows.post_shown
        asked = [
            Line(row, show(row, "name"), show(row, "email"), words(row.role, row.entity)) for row in open_
        ]
    return posts, asked


@never_cache
@require_safe
@for_employers
def staff(request: DeskRequest) -> HttpResponse:
    """Who works here, in which role, since when; and who was asked in."""
    posts: list[Line] = []
    asked: list[Line] = []
    for entity in _employer(request).entities():
        of_posts, of_asked = _lines(request, entity)
        posts += of_posts
        asked += of_asked
    regions = versions.current().policy.company.regions.values()
    answered = {line.row.entity for line in posts if line.row.role == CONTROLLER}
    seen = _employer(request).entities()
    nobody = [region for region in regions if region.entity in seen and region.entity not in answered]
    return render(request, "staff/list.html", {"posts": posts, "asked": asked, "nobody": nobody})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_employers
def invitation(request: DeskRequest) -> HttpResponse:
    """Ask somebody in."""
    by = _employer(request)
    form = InvitationForm(
        request.POST or None, entities=by.entities(), initial={"entity": request.reader.entity}
    )
    if request.method == "POST" and form.is_valid():
        try:
            flows.invite(by=by, **form.cleaned_data)
        except REFUSALS as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The invitation is on its way. Its link works for a week, once."))
            return redirect("desk-staff")
    return render(
        request, "staff/invite.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


@require_POST
@for_employers
def withdrawal(request: DeskRequest, id: UUID) -> HttpResponse:
    found = Invitation.objects.filter(pk=id, entity__in=_employer(request).entities()).first()
    if found is None:
        raise Http404
    try:
        flows.withdraw(by=_employer(request), invitation=found)
    except REFUSALS as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("The invitation is withdrawn. Its link opens nothing any more."))
    return redirect("desk-staff")


def _post(request: DeskRequest, id: int) -> StaffMember:
    """A post of today in a company this employer sees to; of others nothing is told."""
    found = StaffMember.objects.filter(StaffMember.today(), pk=id, entity__in=_employer(request).entities())
    post = found.select_related("user__person").first()
    if post is None:
        raise Http404
    return post


@never_cache
@require_safe
@for_employers
def post(request: DeskRequest, id: int) -> HttpResponse:
    """One member of staff: another role, or the end."""
    return _show(request, _post(request, id))


def _show(request: DeskRequest, post: StaffMember, *, status: int = 200, **forms: Any) -> HttpResponse:
    open_, colleagues = handover.open_matters(post), handover.colleagues(post)
    with _employer(request).act(post.entity):
        line = _line(request, post)
        named = [
            (one, str(show(one.user.person, "name")) if one.user.person else one.user.email)
            for one in colleagues
        ]
    context = {
        "line": line,
        "open": open_,
        "numbers": ", ".join(str(matter.number) for matter in open_),
        "role_form": RoleForm(
            initial={"role": post.role, "entity": post.entity},
            entities=_employer(request).entities(),
            prefix="role",
        ),
        "ending_form": EndingForm(colleagues=named, open=bool(open_), prefix="end"),
        "wrong": next(iter(forms.values()), None),
        **forms,
    }
    return render(request, "staff/post.html", context, status=status)


@require_POST
@for_employers
def role(request: DeskRequest, id: int) -> HttpResponse:
    """Another role or company. What they had open stays with those who hold the old role."""
    held, by = _post(request, id), _employer(request)
    form = RoleForm(
        request.POST,
        initial={"role": held.role, "entity": held.entity},
        entities=by.entities(),
        prefix="role",
    )
    if form.is_valid():
        try:
            matters = handover.open_matters(held)
            flows.change_post(by=by, post=held, **form.cleaned_data)
        except REFUSALS as no:
            form.add_error(None, str(no))
        else:
            handover.hand_over(matters, to=next(iter(handover.colleagues(held)), None))
            messages.success(
                request, _("They hold the new post now. They are told by mail, and sign in anew.")
            )
            return redirect("desk-staff")
    return _show(request, held, status=422, role_form=form)


@require_POST
@for_employers
def ending(request: DeskRequest, id: int) -> HttpResponse:
    """Let them go. Their access ends first, then what they had open is handed over."""
    held, by = _post(request, id), _employer(request)
    matters, colleagues = handover.open_matters(held), [(one, "") for one in handover.colleagues(held)]
    form = EndingForm(request.POST, colleagues=colleagues, open=bool(matters), prefix="end")
    if not form.is_valid():
        return _show(request, held, status=422, ending_form=_named(form, request, held))
    try:
        flows.end(by=by, post=held)
    except REFUSALS as no:
        form.add_error(None, str(no))
        return _show(request, held, status=422, ending_form=_named(form, request, held))
    handover.hand_over(matters, to=form.chosen)
    messages.success(
        request,
        _("The post has ended. The desk is closed to them, and every browser of theirs is signed out."),
    )
    return redirect("desk-staff")


def _named(form: EndingForm, request: DeskRequest, held: StaffMember) -> EndingForm:
    """The refused form again, with its colleagues by name: they were not opened before it was known that it
    is shown.
    """
    if "successor" in form.fields:
        with _employer(request).act(held.entity):
            names = {
                str(one.pk): str(show(one.user.person, "name"))
                for one in form.posts.values()
                if one.user.person
            }
        offered = form.fields["successor"].choices  # type: ignore[attr-defined]
        form.fields["successor"].choices = [(id, names.get(id, said)) for id, said in offered]  # type: ignore[attr-defined]
    return form
