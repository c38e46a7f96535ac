"""Taking in, another role, letting go.

Each is one act over the member of staff it is about, in the employer's name.

The employer is a data controller for their own company, the privacy officer for every company of the group,
or whoever operates the portal. Nobody employs, promotes or ends themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kept.accounts.models import StaffMember, User
from kept.accounts.signing_in.posts import CONTROLLER, OFFICER, check_leaving, roles_of_staff
from kept.core.ledger import versions
from kept.core.register.roles import in_words
from kept.core.vault import gate
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.desk.staff.models import Invitation
from kept.outbox.mail import mail
from kept.people.mailboxes import canonical
from kept.people.models import Person
from kept.sentences import sentence

PURPOSE = "staff"
EMPLOYERS = (CONTROLLER, OFFICER)
CLERK = SystemReader(job="desk.staff")


class NotYours(Exception):
    """This employer may not do that. The message says who may."""


class NotPossible(Exception):
    """It cannot be done like that. The message says what to do instead."""


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """The matter that an employer's look at staff is bound to: the staff record of one company of the
    group.
    """

    entity: str
    matter_open: bool = True

    @property
    def matter_ref(self) -> str:
        return f"staff of {company_name(self.entity)}"


def company_name(entity: str) -> str:
    """As the policy calls a company of the group; its id where the policy has given it up."""
    known = versions.current().policy.company.entities.get(entity)
    return known.name if known else entity


def post_in_words(role: str, entity: str) -> str:
    """ "Support staff, CE+T Power" """
    return f"{in_words(role)}, {company_name(entity)}"


def post_shown(role: str, entity: str) -> str:
    """The same, in the language of whoever reads the page."""
    return f"{in_words(role, versions.spoken())}, {company_name(entity)}"


@dataclass(frozen=True, slots=True)
class Employer:
    """Who employs: a member of staff at the desk, or the operator of the portal by name on this machine."""

    reader: StaffReader | SystemReader
    operator: str = ""

    @classmethod
    def at_the_machine(cls, name: str) -> Employer:
        return cls(SystemReader(job="kept staff"), operator=name)

    def entities(self) -> list[str]:
        """Ids of the companies whose staff they see to."""
        known = list(versions.current().policy.company.entities)
        if isinstance(self.reader, SystemReader) or self.reader.role == OFFICER:
            return known
        return [entity for entity in known if entity == self.reader.entity]

    def may(self, entity: str) -> None:
        """Raises NotYours."""
        if entity not in self.entities():
            said = _("{company} sees to its own staff. Ask its data controller, or the privacy officer.")
            raise NotYours(said.format(company=company_name(entity)))

    def not_themselves(self, user: User) -> None:
        """Raises NotYours."""
        if isinstance(self.reader, StaffReader) and user.subject == self.reader.actor:
            raise NotYours(
                _(
                    "Nobody gives, changes or ends their own post. Ask the other data controller, or"
                    " the privacy"
                    " officer."
                )
            )

    def matter(self, entity: str) -> Any:
        if isinstance(self.reader, SystemReader):
            return Job(f"staff, by the operator {self.operator}")
        return StaffRecord(entity)

    def post(self) -> int | None:
        """The number of the post in which they employ; None for the operator."""
        if isinstance(self.reader, SystemReader):
            return None
        held = StaffMember.objects.filter(
            StaffMember.today(),
            user__person=self.reader.actor,
            role=self.reader.role,
            entity=self.reader.entity,
        )
        return held.values_list("pk", flat=True).get()

    def act(self, entity: str) -> gate.purpose:
        """An act over the staff of one company, in this employer's name."""
        return gate.purpose(PURPOSE, reader=self.reader, about=self.matter(entity), source="employment")

    def note(self, act: gate.Act, what: str) -> None:
        """The sentence on the employer's own timeline."""
        act.kind = "changed"
        if isinstance(self.reader, StaffReader):
            act.touch(self.reader.actor, what=what)


def check_post(role: str, entity: str) -> None:
    """Is there such a post in the policy in force? Raises NotPossible with what there is."""
    company = versions.current().policy.company
    roles = roles_of_staff(company)
    if role not in roles:
        said = _("The policy knows no role “{role}” for staff. Its roles are: {roles}.")
        raise NotPossible(said.format(role=role, roles=", ".join(roles)))
    if entity not in company.entities:
        said = _("The policy knows no company “{company}”. It knows: {companies}.")
        raise NotPossible(said.format(company=entity, companies=", ".join(company.entities)))


def invite(*, by: Employer, name: str, email: str, role: str, entity: str) -> tuple[Invitation, str]:
    """Ask somebody in, by a mail whose link works for a week. Returns the invitation and the link.

    Whether the address has an ID already is not told: that shows to whoever opens the link. Raises NotYours,
    NotPossible.
    """
    check_post(role, entity)
    by.may(entity)
    user = User.objects.filter(email=canonical(email)).select_related("person").first()
    if user is not None:
        by.not_themselves(user)
        if user.post() is not None:
            raise NotPossible(
                _("Somebody with this address works at the desk already. Change their post instead.")
            )
        if not user.is_active:
            raise NotPossible(_("The ID with this address was closed. Invite them by another address."))
    with by.act(entity) as act, transaction.atomic():
        by.note(act, sentence("You invited somebody to work at the desk"))
        person = _person_behind(user, name=name, email=email, entity=entity)
        invitation, key = Invitation.begin(
            person, name=name, email=email, role=role, entity=entity, post=by.post()
        )
        link = settings.KEPT_SITE + reverse("staff-invitation", args=[key])
        context = {"link": link, "until": invitation.until, **_words(role, entity)}
        mail(
            subject=person.pk,
            to=email,
            template="staff/mail/invitation.txt",
            context=context,
            purpose=PURPOSE,
        )
        act.touch(
            person.pk, what=sentence("Invited to work at the desk: {post}", post=post_in_words(role, entity))
        )
    return invitation, link


def _person_behind(user: User | None, *, name: str, email: str, entity: str) -> Person:
    """Whom the invitation is for; somebody without an ID gets one that nobody can sign in to before they have
    accepted.
    """
    if user is not None and user.person is not None:
        return user.person
    person = Person.objects.enrol(name=name, email=email, controller=entity, id=uuid4())
    if user is None:
        User.objects.create_user(email, None, person_id=person.pk)
    else:
        user.person = person
        user.save(update_fields=["person"])
    return person


def withdraw(*, by: Employer, invitation: Invitation) -> None:
    """The link opens nothing any more. Raises NotYours, NotPossible."""
    by.may(invitation.entity)
    with by.act(invitation.entity) as act, transaction.atomic():
        by.note(act, sentence("You withdrew an invitation to work at the desk"))
        row = _locked(invitation)
        row.end(Invitation.Outcome.WITHDRAWN)
        act.touch(row.person_id, what=sentence("The invitation to work at the desk was withdrawn"))


def accept(*, invitation: Invitation, user: User, along: Callable[[], None] | None = None) -> StaffMember:
    """The invited took the post: they hold it from now on.

    The caller has seen that it is they. Raises NotPossible.

    ``along`` is done in the same transaction: making the ID theirs, where nobody had proven its address
    before.
    """
    with _clerk() as act, transaction.atomic():
        act.kind = "changed"
        row = _locked(invitation)
        if not row.stands:
            raise NotPossible(
                _("Whoever invited you no longer sees to the staff here. Ask for a new invitation.")
            )
        check_post(row.role, row.entity)
        if user.person_id != row.person_id or user.post() is not None:
            raise NotPossible(_("This invitation is for somebody else."))
        # Under a lock: an address that moves on takes the ID with it, and the letter box that was written to
        # is somebody else's then.
        now = User.objects.select_for_update().values_list("email", flat=True).get(pk=user.pk)
        if canonical(str(row.email)) != canonical(now):
            raise NotPossible(
                _("This invitation went to another address than the ID has now. Ask for a new one.")
            )
        if along is not None:
            along()
        post = user.employ(role=row.role, entity=row.entity, by=row.inviting_post)
        row.end(Invitation.Outcome.ACCEPTED)
        act.touch(
            row.person_id,
            what=sentence("You took up your post: {post}", post=post_in_words(row.role, row.entity)),
            post=[row.role, row.entity],
        )
    return post


def decline(*, invitation: Invitation) -> None:
    """No. Nothing more is kept of it than that there was one. Raises NotPossible."""
    with _clerk() as act, transaction.atomic():
        act.kind = "changed"
        row = _locked(invitation)
        row.end(Invitation.Outcome.DECLINED)
        act.touch(row.person_id, what=sentence("You declined the invitation to work at the desk"))


def change_post(*, by: Employer, post: StaffMember, role: str, entity: str) -> StaffMember:
    """Another role or company from now on; the old post ends in the same moment.

    Raises NotYours, NotPossible, StillNeeded.
    """
    check_post(role, entity)
    by.may(post.entity)
    by.may(entity)
    by.not_themselves(post.user)
    with by.act(post.entity) as act, transaction.atomic():
        by.note(act, sentence("You gave a member of staff another post"))
        row = _held(post)
        if (row.role, row.entity) == (role, entity):
            raise NotPossible(_("They hold this post already. Choose another role or company."))
        check_leaving(row)
        now_held = row.user.employ(role=role, entity=entity, by=by.post())
        # Whatever a browser of theirs had open belonged to the old post.
        row.user.sessions.all().delete()
        told = {"old": post_in_words(row.role, row.entity), "new": post_in_words(role, entity)}
        tell(row.user, "post_changed", told)
        act.touch(
            row.user.subject,
            what=sentence("Your post changed: {old}, from now on {new}", **told),
            post=[role, entity],
        )
    return now_held


def end(*, by: Employer, post: StaffMember) -> None:
    """Let them go: the desk is closed to them and every browser of theirs signed out in the same second.

    Their ID stays theirs, and with it the record of what they looked at. Raises NotYours, NotPossible,
    StillNeeded.
    """
    by.may(post.entity)
    by.not_themselves(post.user)
    with by.act(post.entity) as act, transaction.atomic():
        by.note(act, sentence("You ended the post of a member of staff"))
        row = _held(post)
        check_leaving(row)
        row.leave(by=by.post())
        row.user.sessions.all().delete()
        tell(row.user, "post_ended", {"old": post_in_words(row.role, row.entity)})
        act.touch(
            row.user.subject,
            what=sentence("Your post ended: {post}", post=post_in_words(row.role, row.entity)),
            post=[],
        )


def end_invitations(post: StaffMember, *, since: datetime) -> int:
    """Open links to the desk sent ``since`` end: a thief of the ID of whoever holds ``post`` may have sent
    them. Returns how many.

    A post that ends ends nothing here: a link asks, each time it is used, whether whoever sent it holds their
    post still.
    """
    if post.role not in EMPLOYERS:
        return 0
    rows = Invitation.objects.open()
    rows = rows if post.role == OFFICER else rows.filter(entity=post.entity)
    ended = list(rows.filter(invited_at__gte=since))
    for row in ended:
        row.end(Invitation.Outcome.WITHDRAWN)
    return len(ended)


def posts_of(entities: Iterable[str]) -> list[StaffMember]:
    """Who works there today, by role and then by how long."""
    found = StaffMember.objects.working().filter(entity__in=list(entities))
    return list(found.select_related("user__person").order_by("entity", "role", "since", "pk"))


def tell(user: User, template: str, context: dict[str, Any]) -> None:
    """A mail to a member of staff, inside an act. ``template``: its name in ``staff/mail``."""
    mail(
        subject=user.subject,
        to=user.email,
        template=f"staff/mail/{template}.txt",
        context={**context, "site": settings.KEPT_SITE},
        purpose=PURPOSE,
    )


def _words(role: str, entity: str) -> dict[str, str]:
    return {"role": in_words(role), "company": company_name(entity)}


def _clerk() -> gate.purpose:
    return gate.purpose(PURPOSE, reader=CLERK, about=Job("an invitation to the desk"), source="employment")


def _locked(invitation: Invitation) -> Invitation:
    row: Invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not row.is_open:
        raise NotPossible(
            _("This invitation was answered or withdrawn, or its week is over. Ask for a new one.")
        )
    return row


def _held(post: StaffMember) -> StaffMember:
    row = StaffMember.objects.select_for_update(of=("self",)).select_related("user__person").get(pk=post.pk)
    if row.until is not None:
        raise NotPossible(_("This post has ended already."))
    return row
