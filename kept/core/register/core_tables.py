"""What the rooms below hold.

They cannot say it themselves, because they lie under the register; so it is said here for them.
"""

from __future__ import annotations

from django.db.models import Case, DateTimeField, Exists, OuterRef, When
from django.utils import timezone

from kept.core.consent.models import Acknowledgement, Choice, Limit, ShownNotice, StandingRow
from kept.core.ledger.models import Act, Checkpoint, Cosignature, FoldState, Tile, Touch, Version, Withdrawal
from kept.core.register import declarations as register
from kept.core.register.models import ProofAnswer
from kept.core.vault.models import KeyRow, RemovedFile, SealedFileRow, Token
from kept.sentences import sentence

_ANSWERS = {"yes": sentence("yes"), "no": sentence("no"), "acknowledged": sentence("acknowledged")}
_LIMITS = {"objection": sentence("objection"), "restriction": sentence("restriction")}

register.nobody("django_migrations", because="Which migrations ran, and when.")

register.nobody(
    Act,
    because=(
        "Acts, packed. People stand in them as random aliases that lead nowhere once their key is gone; notes"
        " are sealed."
    ),
)
register.nobody(Touch, because="Which act touched which random alias.")
register.nobody(Tile, because="Hashes of the tree over the acts.")
register.nobody(Checkpoint, because="Signed roots of that tree, as everyone may see them.")
register.nobody(Cosignature, because="What witnesses signed under those roots, as everyone may see it.")
register.nobody(FoldState, because="How far the fold has come.")
register.nobody(
    Version, because="Published versions of the policy, with the post that published them: public by nature."
)
register.nobody(
    Withdrawal, because="Versions taken back before their day, with the post that did it: public by nature."
)

register.nobody(ShownNotice, because="Texts that people were shown, the same for everyone.")
register.holds(
    Choice,
    subject="subject",
    purposes=("account", "auditing"),
    title=sentence("What you said yes and no to"),
    columns=dict.fromkeys(("purpose", "answer", "notice", "source", "at", "recorded_at"), "consent.record"),
    nobody={"act": "The number of the entry in the ledger, for the receipt."},
    label=lambda choice: sentence(
        "{answer} to {purpose}, {day}",
        answer=_ANSWERS.get(choice.answer, choice.answer),
        purpose=choice.purpose,
        day=timezone.localdate(choice.at),
    ),
)
register.holds(
    Acknowledgement,
    subject="subject",
    purposes=("staff",),
    title=sentence("Guidelines you acknowledged"),
    columns=dict.fromkeys(("guideline", "version", "notice", "at"), "consent.record"),
    nobody={"act": "The number of the entry in the ledger."},
    label=lambda row: sentence(
        "{guideline}, version {version}, {day}",
        guideline=row.guideline,
        version=row.version,
        day=timezone.localdate(row.at),
    ),
)
register.holds(
    Limit,
    subject="subject",
    purposes=("account", "auditing"),
    title=sentence("What you objected to or had restricted"),
    columns=dict.fromkeys(("purpose", "kind", "source", "since", "until"), "consent.record"),
    label=lambda limit: sentence(
        "{kind} to {purpose}, {day}",
        kind=_LIMITS.get(limit.kind, limit.kind),
        purpose=limit.purpose,
        day=timezone.localdate(limit.since),
    ),
)
register.holds(
    StandingRow,
    subject="self",
    purposes=("account", "auditing"),
    title=sentence("Where your choices stand now"),
    columns=dict.fromkeys(("consents", "objections", "restrictions", "given_under"), "consent.record"),
    label=lambda standing: sentence("Your choices, taken together"),
)

register.holds(
    KeyRow,
    subject="self",
    purposes=(),
    title=sentence("Your key"),
    nobody={
        "wrapped": "A random key under the master key. Destroying it is how you are forgotten.",
        "alias": "A random name for the ledger.",
        "controller": "Which company of the group answers for the data; it follows from the region.",
    },
)
register.holds(
    Token,
    subject="subject",
    purposes=(),
    title=sentence("Coarse marks for finding names"),
    nobody={
        "index": "Which field the mark belongs to.",
        "token": "One of few buckets that many beginnings of words fall into.",
        "row": "Which row the mark belongs to.",
    },
)
register.holds(
    SealedFileRow,
    subject="subject",
    purposes=(),
    title=sentence("Files you sent us, and copies we made for you"),
    nobody={
        "category": "The kind of the file, as register.file declares it.",
        "size": "How many bytes.",
        "header": "The file's own random key, sealed.",
    },
    label=lambda row: sentence("File of {day}, {size} bytes", day=row.day, size=row.size),
)


def overtaken() -> Case:
    """An answer counts until the next one for the same purpose.

    The last one stands, and goes with the person.
    """
    later = Choice.objects.filter(
        subject=OuterRef("subject"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
    )
    return Case(When(Exists(later), then="at"), default=None, output_field=DateTimeField())


register.ends(Choice, "event.happened", at=overtaken)
register.born(Choice, at="recorded_at")
register.born(Acknowledgement, at="at")
register.ends(Limit, "event.happened", at="until")
register.born(Limit, at="since")
# Where somebody stands lives exactly as long as their key.
register.ends(StandingRow, "event.happened", at=None)

register.nobody(
    RemovedFile,
    because="Random numbers of files that are gone, and when they went. A number leads to nobody.",
)
register.nobody(
    ProofAnswer, because="What each proof said last: a state, a figure, a sentence without values."
)
