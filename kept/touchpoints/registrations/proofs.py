"""What the registrations can prove: what somebody told us once is filled in the next time."""

from __future__ import annotations

from kept.core.ledger import versions
from kept.core.register.inventory import personal_columns
from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.core.vault.columns.fields import SealedModel
from kept.core.vault.columns.values import held
from kept.sentences import sentence
from kept.touchpoints.registrations import journey, prefill
from kept.touchpoints.registrations.forms import OwnerForm
from kept.touchpoints.registrations.models import Registration

SAMPLE = 50
PURPOSE = "registration"


@proof(
    "registrations.prefill",
    promise="ask-once",
    title=sentence("The next registration asks for nothing we were told before"),
    unseen=sentence(
        "Values told before the latest 50 registrations, and forms of places other than registration."
    ),
)
def nothing_asked_twice() -> Proof:
    """For the latest customers who registered something: what they told, found by the register, against what
    their next form fills in.

    Nothing is opened: that a value is there can be seen on its seal.
    """
    asked = _asked()
    told = filled = 0
    for registration in (
        Registration.objects.filter(undone_at=None)
        .select_related("person")
        .order_by("-registered_at")[:SAMPLE]
    ):
        there = _told(registration, asked)
        plan = prefill.known(registration.person, prefill.latest(registration.person))
        told += len(there)
        filled += len(there & _categories(plan))
    if not told:
        return Proof(
            None,
            sentence("nobody yet"),
            sentence("Nobody has told us a phone number or an address in a registration yet."),
        )
    kept = filled == told
    text = (
        sentence("Every answer of the latest registrations is filled in the next time, with its origin.")
        if kept
        else sentence(
            "Not every answer of the latest registrations would be asked for again with an empty field."
        )
    )
    return Proof(kept, sentence("{filled} of {told} answers", filled=filled, told=told), text)


@proof(
    "registrations.filled_in_by_the_browser",
    promise="greeting-cookies",
    title=sentence(
        "A browser fills in a registration after a yes, for the one who began it, and for nobody else"
    ),
    unseen=sentence("What a browser does with a cookie once it has it."),
    moment=False,
    every=walk_findings.EVERY,
)
def filled_in_by_the_browser() -> Proof:
    """Registrations that invented people begin and come back to: with the yes, without, as somebody else,
    with what nobody sealed.
    """
    text = sentence(
        "On {devices tried} devices a registration was begun again: serial number and phone number stood"
        " there after a yes, with where from, for her alone."
    )
    return walk_findings.judged(
        (journey.FILLING, "cookie"),
        figure=sentence("{devices tried} devices"),
        text=text,
        needs=("devices tried",),
    )


@proof(
    "registrations.to_the_end",
    promise="system-registration",
    title=sentence(
        "A serial number is registered to the end, stands on its owner's page, and is taken by nobody else"
    ),
    unseen=sentence(
        "Numbers of machines that nobody entered, and what a controller decides about a proof of purchase."
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def registered_to_the_end() -> Proof:
    """An invented customer registers an invented machine, page by page; another one types the same number."""
    text = sentence(
        "An invented machine was registered page by page, and stood on its owner's page; somebody else who"
        " typed its number did not get it."
    )
    return walk_findings.judged(
        (journey.REGISTERED,),
        figure=sentence("{registrations made} to the end"),
        text=text,
        needs=("registrations made", "numbers refused"),
    )


@proof(
    "registrations.asked_once",
    promise="ask-once",
    title=sentence("The form of a second registration, as it left, holds what the first one was told"),
    unseen=sentence("What a browser fills in by itself."),
    moment=False,
    every=walk_findings.EVERY,
)
def asked_once() -> Proof:
    """The page of a second registration, asked for by whoever made the first."""
    text = sentence(
        "Whoever registered a machine a moment before found each of these in the form of the next one."
    )
    return walk_findings.judged(
        (journey.ONCE,),
        figure=sentence("{answers asked once} answers"),
        text=text,
        needs=("answers asked once",),
    )


def _asked() -> set[str]:
    """The kinds of data the form asks about the person, that the version in force lets the purpose use."""
    uses = versions.current().policy.purposes[PURPOSE].uses
    fields = {column.field_id: column.category for _, column in personal_columns()}
    return {
        fields.get(subject, subject) for subject, purpose in OwnerForm.personal.values() if purpose == PURPOSE
    } & set(uses)


def _told(registration: Registration, asked: set[str]) -> set[str]:
    """Of these kinds, those of which any row of theirs for this purpose holds a value."""
    rows: tuple[SealedModel, ...] = (registration.person, registration)
    return {
        field.category
        for row in rows
        for field in row.sealed_fields()
        if field.category in asked and held(row, field.name)
    }


def _categories(plan: dict[str, prefill.Known]) -> set[str]:
    return {place.row._meta.get_field(place.name).category for place in plan.values()}  # type: ignore[union-attr]
