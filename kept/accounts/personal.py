"""What sign-in keeps: the ID and its address, sessions, second factors, the security log.

The library's own tables included.
"""

from __future__ import annotations

from django.db.models import Case, DateTimeField, Q, When
from django.utils.translation import gettext as _

from kept.accounts.models import (
    AddressChange,
    FactorLoss,
    SecurityEvent,
    Session,
    SetAside,
    StaffMember,
    Tally,
    User,
)
from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.outbox.models import Message
from kept.people import contact_copies
from kept.people.models import Membership, Person
from kept.sentences import day, sentence

OF_USER = ("user__person_id", "user_id")

register.touchpoint("accounts", purposes=("account", "security"))

register.holds(
    User,
    subject=("person_id", "self"),
    purposes=("account",),
    title=sentence("Your ID"),
    columns={
        "email": "identity.account",
        "password_is_short": "identity.account",
        "begun_at": "identity.account",
        "confirmed_at": "identity.account",
        "closed_at": "identity.account",
        "voided_at": "identity.account",
    },
    clear={
        "email": (
            "Sign-in must find the ID before any key is at hand. It leaves backups with the short-lived"
            " archive."
        )
    },
    nobody={
        "password": "A one-way hash, which nobody can read back, ourselves included. It goes with the ID."
    },
    label=lambda user: f"ID {user.email}",
)
register.holds(
    StaffMember,
    subject=OF_USER,
    purposes=("staff",),
    title=sentence("Your post at the desk"),
    columns={
        "role": "identity.account",
        "entity": "identity.account",
        "since": "identity.account",
        "until": "identity.account",
        "keys_off": "work.record",
    },
    nobody={
        "begun_by": (
            "The number of the post in which somebody gave it: it is taken back when theirs was stolen."
        ),
        "ended_by": "The number of the post in which somebody ended it, likewise.",
    },
    label=lambda post: f"{post.role}, {post.entity}",
)
register.holds(
    Session,
    subject=(*OF_USER, "about__person_id", "about_id"),
    purposes=("security",),
    title=sentence("Your signed-in browsers, and those on their way there"),
    columns={"expires": "security.sign-in"},
    nobody={
        "data": (
            "What keeps one browser signed in, sealed by the program for itself. It ends with the session."
        ),
        "mark": "A keyed hash of a random key: it names a row and nothing else.",
    },
    label=lambda session: (
        sentence("A signed-in browser") if session.user_id else sentence("A browser that waits for a code")
    ),
)
register.holds(
    SecurityEvent,
    subject="subject",
    purposes=("security",),
    title=sentence("Your security log"),
    columns={"at": "security.sign-in"},
    label=lambda event: day(event.at),
)
register.holds(
    AddressChange,
    subject="subject",
    purposes=("security",),
    title=sentence("Changes of your sign-in address that can still be taken back"),
    columns={
        "asked_at": "security.sign-in",
        "until": "security.sign-in",
        "undone_at": "security.sign-in",
        "settle_at": "security.sign-in",
    },
    nobody={
        "key_hash": "The hash of a random key that only a mail holds.",
        "user_id": "Leads to the ID, which is declared itself.",
    },
    label=lambda change: _("Change of {day}").format(day=day(change.asked_at)),
)
register.holds(
    SetAside,
    subject="subject",
    purposes=("security",),
    title=sentence("What was thrown out when your address was taken back"),
    columns={"kind": "security.sign-in", "at": "security.sign-in", "until": "security.sign-in"},
    nobody={
        "data": "What a factor is made of, or what names a value, sealed: whoever read it could sign in.",
        "user_id": "Leads to the ID, which is declared itself.",
    },
    label=lambda row: f"{row.get_kind_display()}, {day(row.at)}",
)
register.holds(
    FactorLoss,
    subject=OF_USER,
    purposes=("security",),
    title=sentence("That every passkey and code was said to be lost"),
    columns=dict.fromkeys(("asked_at", "confirmed_at", "falls_at", "ended_at"), "security.sign-in"),
    nobody={
        "mark": "The keyed hash of a random key that only a mail holds.",
        "cancelling": "The keyed hash of the key that stops it.",
    },
    label=lambda loss: _("Said on {day}").format(day=day(loss.asked_at)),
)
register.holds(
    "account_emailaddress",
    subject=OF_USER,
    purposes=("account",),
    title=sentence("The address you sign in with"),
    columns={"email": "identity.account", "verified": "identity.account", "primary": "identity.account"},
    clear={"email": "The same address again, in the library's own table."},
    label=lambda address: str(address.email),
)
register.holds(
    "mfa_authenticator",
    subject=OF_USER,
    purposes=("security",),
    title=sentence("Your passkeys, authenticator app and recovery codes"),
    columns={
        "type": "security.sign-in",
        "created_at": "security.sign-in",
        "last_used_at": "security.sign-in",
    },
    nobody={"data": "The secret of a second factor, sealed: whoever read it could sign in."},
    label=lambda factor: str(factor.get_type_display()),
)
register.nobody(
    "account_emailconfirmation",
    because="Links are not used: addresses are confirmed by a typed code. The table stays empty.",
)
register.nobody(
    Tally,
    because=(
        "Limits: keyed hashes and times. The hashes cannot be turned back into addresses, and a row is gone"
        " when its time is."
    ),
)
for table in ("auth_group", "auth_group_permissions", "auth_permission", "django_content_type"):
    register.nobody(
        table,
        because="Names of models and of what may be done with them. Kept uses roles of the policy instead.",
    )

register.cookie("kept_session")
register.cookie("kept_csrf")
register.cookie("kept_known")


def closed(user: str = "") -> Case:
    """When an ID was closed; one whose address was never confirmed, when it was begun."""
    unconfirmed = When(Q(**{f"{user}closed_at": None, f"{user}confirmed_at": None}), then=f"{user}begun_at")
    return Case(unconfirmed, default=f"{user}closed_at", output_field=DateTimeField())


register.ends(User, "account.closed", at=closed)
register.ends(Person, "account.closed", at=Latest(User, link="person", at=closed))
register.ends(Membership, "account.closed", at=Latest(User, link="person", at=closed, outer="person_id"))
register.ends("account_emailaddress", "account.closed", at=lambda: closed("user__"))
register.ends(
    Message,
    "account.closed",
    at=Latest(User, link="person", at=closed, outer="subject"),
    where=Q(purpose="account"),
)
for table in ("consent_choice", "consent_limit", "consent_standingrow"):
    register.ends(table, "account.closed", at=Latest(User, link="person", at=closed, outer="subject"))

register.ends(StaffMember, "employment.ended", at="until")
register.ends(
    "consent_acknowledgement",
    "employment.ended",
    at=Latest(StaffMember, link="user__person", at="until", outer="subject"),
)
register.ends(Person, "employment.ended", at=Latest(StaffMember, link="user__person", at="until"))
register.ends(
    Message,
    "employment.ended",
    at=Latest(StaffMember, link="user__person", at="until", outer="subject"),
    where=Q(purpose="staff"),
)

register.ends(SecurityEvent, "event.happened", at="at")
register.ends(Session, "event.happened", at="expires")
register.ends(AddressChange, "event.happened", at="until")
register.ends(SetAside, "event.happened", at="until")
register.ends(FactorLoss, "event.happened", at="asked_at")
# A factor is in use for as long as the ID is.
register.ends("mfa_authenticator", "event.happened", at=lambda: closed("user__"))
register.ends(Person, "event.happened", at=Latest(SecurityEvent, link="subject", at="at"))

contact_copies.stays(AddressChange, "old", because="It is the way back to the address they had.")
