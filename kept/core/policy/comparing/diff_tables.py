"""What changes in the tables of a policy: who may do what with which data, how long, and under which promise.
Nothing here may widen without being named.
"""

from __future__ import annotations

from datetime import date, timedelta

from kept.core.policy.comparing.compare import (
    NAMED,
    Change,
    Field,
    always,
    appeared,
    entries,
    entry,
    members,
    ordered,
    wording,
)
from kept.core.policy.model import (
    BASIS_NAMES,
    CHOICES,
    SERVICES,
    Category,
    Clock,
    Cookie,
    Policy,
    Promise,
    Purpose,
    Recipient,
)
from kept.core.policy.verdict import UNEMPLOYED
from kept.sentences import Sentence, sentence

ALWAYS = sentence("always")
_STOPPABLE_LAST = (
    "consent",
    "contract",
    "legitimate-interests",
    "public-task",
    "legal-obligation",
    "vital-interests",
)

# --- Purposes: they decide who may do what ---


def purposes(a: Policy, b: Policy) -> list[Change]:
    changes = appeared(
        "purpose",
        a.purposes,
        b.purposes,
        widens=True,
        sentences=(sentence("A new purpose: {one}."), sentence("A purpose is gone: {one}.")),
    )
    for name in b.purposes:
        if name in a.purposes:
            old, new = a.purposes[name], b.purposes[name]
            changes += _reach(a, b, name) + entry("purpose", name, old, new, _CHOICE)
            # Where the choice itself changed, that says it all.
            changes += entry("purpose", name, old, new, _SIGNAL) if old.choice == new.choice else []
            changes += _term(old, new) + entry("purpose", name, old, new, _PURPOSE)
    return changes


def _reach(a: Policy, b: Policy, name: str) -> list[Change]:
    """What it uses, who reads it, who receives it."""
    old, new = a.purposes[name], b.purposes[name]
    said = {"title": new.title, "clause": new.clause, "one": NAMED}
    changes = members(
        "purpose",
        f"{name}.uses",
        old.uses,
        new.uses,
        sentence("“{title}” may now use {one} (clause {clause}).", **said),
        sentence("“{title}” may no longer use {one} (clause {clause}).", **said),
        titles={
            key: category.title.lower() for key, category in (*a.categories.items(), *b.categories.items())
        },
        right=new.right and set(new.read_by) <= UNEMPLOYED,
    )
    changes += members(
        "purpose",
        f"{name}.read_by",
        old.read_by,
        new.read_by,
        sentence("“{title}” may now be read by {one} (clause {clause}).", **said),
        sentence("“{title}” may no longer be read by {one} (clause {clause}).", **said),
        titles={**a.company.roles, **b.company.roles},
    )
    if old.entities or new.entities:
        companies = {**a.company.entities, **b.company.entities}
        changes += members(
            "purpose",
            f"{name}.entities",
            old.entities or tuple(a.company.entities),
            new.entities or tuple(b.company.entities),
            sentence("“{title}” may now be read by staff of {one} (clause {clause}).", **said),
            sentence("“{title}” may no longer be read by staff of {one} (clause {clause}).", **said),
            titles={key: entity.name for key, entity in companies.items()},
        )
    changes += members(
        "purpose",
        f"{name}.shared_with",
        old.shared_with,
        new.shared_with,
        sentence("“{title}” may now reach {one} (clause {clause}).", **said),
        sentence("“{title}” may no longer reach {one} (clause {clause}).", **said),
        titles={key: recipient.title for key, recipient in {**a.recipients, **b.recipients}.items()},
    )
    return changes


def _term(old: Purpose, new: Purpose) -> list[Change]:
    """How long data is kept."""
    before, after = old.kept_until(), new.kept_until()
    if (old.keep, old.from_event) != (new.keep, new.from_event):
        # Two terms from different days cannot be compared: the longer guess is taken, so that people are
        # told.
        longer = old.from_event != new.from_event or new.duration.length() > old.duration.length()
        said = sentence(
            "“{title}” is kept {after}, and was kept {before} (clause {clause}).",
            title=new.title,
            after=after,
            before=before,
            clause=new.clause,
        )
        return ordered("retention", f"{new.id}.keep", before, after, longer, said)
    said = sentence("“{title}”: its term now runs from when {event}.", title=new.title, event=new.event)
    return wording("retention", f"{new.id}.event", old.event, new.event, said)


def _choice(_old: Purpose, new: Purpose) -> Sentence:
    said = {"title": new.title, "clause": new.clause}
    choices = {
        "none": sentence("“{title}” now is no choice (clause {clause}).", **said),
        "opt-out": sentence("“{title}” now can be declined (clause {clause}).", **said),
        "opt-in": sentence("“{title}” now needs your yes (clause {clause}).", **said),
    }
    return choices[new.choice]


def _basis(old: Purpose, new: Purpose) -> Sentence:
    return sentence(
        "“{title}” now rests on {basis} instead of {before} (clause {clause}).",
        title=new.title,
        basis=BASIS_NAMES[new.basis],
        before=BASIS_NAMES[old.basis],
        clause=new.clause,
    )


def _signal(_old: Purpose, new: Purpose) -> Sentence:
    said = {"title": new.title, "clause": new.clause}
    if new.signal:
        return sentence("“{title}” now takes a browser's signal for a no (clause {clause}).", **said)
    return sentence("“{title}” no longer takes a browser's signal for a no (clause {clause}).", **said)


def _right(_old: Purpose, new: Purpose) -> Sentence:
    said = {"title": new.title, "clause": new.clause}
    if new.right:
        return sentence("“{title}” now serves a right of yours (clause {clause}).", **said)
    return sentence("“{title}” no longer serves a right of yours (clause {clause}).", **said)


def _days(purpose: Purpose) -> Sentence:
    return sentence("{first} to {last}", first=purpose.since or ALWAYS, last=purpose.until or ALWAYS)


def _more_days(old: Purpose, new: Purpose) -> bool:
    return (new.since or date.min) < (old.since or date.min) or (new.until or date.max) > (
        old.until or date.max
    )


_CHOICE = (
    Field("choice", _choice, lambda old, new: CHOICES.index(new.choice) < CHOICES.index(old.choice)),
    Field(
        "basis",
        _basis,
        lambda old, new: _STOPPABLE_LAST.index(new.basis) > _STOPPABLE_LAST.index(old.basis),
    ),
    Field("right", _right, always),
)
_SIGNAL = (Field("signal", _signal, lambda _old, new: not new.signal),)
_PURPOSE = (
    Field(
        "days", sentence("“{title}” is in use on other days: {after} (clause {clause})."), _more_days, _days
    ),
    Field("title", sentence("“{old_title}” is now called “{new_title}”.")),
    Field("why", sentence("“{title}” gives its reason in other words: {why}")),
    Field("clause", sentence("“{title}” now stands in clause {clause}.")),
    Field("touchpoint", sentence("“{title}” is now asked for at: {touchpoint}.")),
    Field("fideslang", sentence("“{title}” has another key in the data map.")),
    Field(
        "people",
        sentence("“{title}” is now about: {after}."),
        shown=lambda purpose: ", ".join(purpose.people),
    ),
)

# --- What is held, and who receives it ---


def categories(a: Policy, b: Policy) -> list[Change]:
    changes = members(
        "category",
        "categories",
        a.categories,
        b.categories,
        sentence("We may now hold: {one}."),
        sentence("We no longer hold: {one}."),
        titles={name: category.title for name, category in {**a.categories, **b.categories}.items()},
    )
    return changes + entries("category", a.categories, b.categories, _CATEGORY)


def _sensitive(_old: Category, new: Category) -> Sentence:
    if new.sensitive:
        return sentence("“{title}” is now treated as sensitive.", title=new.title)
    return sentence("“{title}” is no longer treated as sensitive.", title=new.title)


_CATEGORY = (
    Field("title", sentence("“{old_title}” is now called “{new_title}”.")),
    Field("example", sentence("The example of “{title}” has changed.")),
    Field("fideslang", sentence("“{title}” has another key in the data map.")),
    Field("sensitive", _sensitive, lambda old, _new: old.sensitive),
    Field(
        "named",
        sentence("The wording knows “{title}” by other names: {after}."),
        shown=lambda category: ", ".join(category.named),
        quiet=True,
    ),
)


def recipients(a: Policy, b: Policy) -> list[Change]:
    changes = members(
        "recipient",
        "recipients",
        a.recipients,
        b.recipients,
        sentence("A new recipient: {one}."),
        sentence("No longer a recipient: {one}."),
        titles={
            name: f"{recipient.title}, {recipient.country}"
            for name, recipient in {**a.recipients, **b.recipients}.items()
        },
    )
    for name in b.recipients:
        if name in a.recipients:
            old, new = a.recipients[name], b.recipients[name]
            changes += _services(old, new) + _receives(old, new, a, b)
            changes += entry("recipient", name, old, new, _RECIPIENT)
    return changes


def _services(old: Recipient, new: Recipient) -> list[Change]:
    """What they do for us."""
    return members(
        "recipient",
        f"{new.id}.services",
        old.services,
        new.services,
        sentence("{title} may now receive data to {one}.", title=new.title, one=NAMED),
        sentence("{title} no longer receives data to {one}.", title=new.title, one=NAMED),
        titles=SERVICES,
    )


def _receives(old: Recipient, new: Recipient, a: Policy, b: Policy) -> list[Change]:
    """Which kinds of data their task needs; where none is named, all of them."""
    if old.receives == new.receives:
        return []
    return members(
        "recipient",
        f"{new.id}.receives",
        old.receives or tuple(a.categories),
        new.receives or tuple(b.categories),
        sentence("{title} may now receive {one}.", title=new.title, one=NAMED),
        sentence("{title} no longer receives {one}.", title=new.title, one=NAMED),
        titles={key: category.title for key, category in {**a.categories, **b.categories}.items()},
    )


def _mechanism(recipient: Recipient) -> str:
    return recipient.transfer.mechanism if recipient.transfer else "none"


def _dates(recipient: Recipient) -> str:
    """Of the contract, and of the mechanism that carries data there."""
    transfer = recipient.transfer
    return f"{recipient.contract} {(transfer.since, transfer.until) if transfer else None}"


def _told(_old: Recipient, new: Recipient) -> Sentence:
    """Whether a machine of theirs is told, or people."""
    if new.endpoint:
        return sentence("{title} is told by its machine at {address}.", title=new.title, address=new.endpoint)
    return sentence("{title} is told by hand.", title=new.title)


def _other(what: Sentence) -> Sentence:
    """What is said of a field of a recipient that has no words of its own."""
    return sentence(
        "{title}: {key} was “{before}” and is “{after}”.",
        title="{title}",
        key=what,
        before="{before}",
        after="{after}",
    )


_RECIPIENT = (
    Field("country", _other(sentence("country")), always),
    Field("kind", _other(sentence("kind")), always),
    Field("entity", _other(sentence("entity")), always),
    Field("told_otherwise", _other(sentence("told otherwise")), always),
    Field("title", sentence("{old_title} is now called {new_title}.")),
    Field("legal_name", sentence("{title} is now {legal_name} by law.")),
    Field(
        "transfer.mechanism",
        sentence("Data reaches {title} under {now} instead of {was}."),
        always,
        _mechanism,
    ),
    Field(
        "dates",
        sentence("The contract or transfer dates of {title} have changed."),
        shown=_dates,
        quiet=True,
    ),
    Field("endpoint", _told, quiet=True),
    Field(
        "keys",
        sentence("The keys of {title} have changed."),
        shown=lambda one: ", ".join(one.keys),
        quiet=True,
    ),
)


def cookies(a: Policy, b: Policy) -> list[Change]:
    changes = appeared(
        "cookie",
        a.cookies,
        b.cookies,
        widens=True,
        sentences=(sentence("A new cookie: {one}."), sentence("No longer set: the cookie {one}.")),
    )
    return changes + entries("cookie", a.cookies, b.cookies, _COOKIE)


def _lives(cookie: Cookie) -> Sentence:
    return cookie.lifetime.in_words() if cookie.lifetime else sentence("until the browser closes")


def _longer(old: Cookie, new: Cookie) -> bool:
    before, after = (one.lifetime.length() if one.lifetime else timedelta() for one in (old, new))
    return after > before


def _cookie_other(what: Sentence) -> Sentence:
    return sentence(
        "The cookie {name}: {key} was “{before}” and is “{after}”.",
        name="{name}",
        key=what,
        before="{before}",
        after="{after}",
    )


_COOKIE = (
    Field("lifetime", sentence("The cookie {name} lives {now} instead of {was}."), _longer, _lives),
    Field("name", _cookie_other(sentence("name")), always),
    Field("kind", _cookie_other(sentence("kind")), always),
    Field("purpose", _cookie_other(sentence("purpose")), always),
    Field("setter", _cookie_other(sentence("setter")), always),
    Field("storage", _cookie_other(sentence("storage")), always),
    Field("place", _cookie_other(sentence("place")), quiet=True),
)

# --- What is promised, and by when ---


def promises(a: Policy, b: Policy) -> list[Change]:
    changes = appeared(
        "promise",
        a.promises,
        b.promises,
        widens=False,
        sentences=(sentence("A new promise: {one}."), sentence("A promise is taken back: {one}.")),
    )
    changes += entries("promise", a.promises, b.promises, _PROMISE)
    for name in a.promises.keys() & b.promises.keys():
        changes += _proofs(a.promises[name], b.promises[name])
    return changes


def _proofs(old: Promise, new: Promise) -> list[Change]:
    """A proof that is gone leaves the promise with less to show for it."""
    key = f"{new.id}.proofs"
    return [
        Change(
            "widened",
            "promise",
            f"{key}.{proof}",
            proof,
            "",
            True,
            sentence("Promise {row} is no longer proven by {proof}.", row=new.row, proof=proof),
        )
        for proof in old.proofs
        if proof not in new.proofs
    ] + [
        Change(
            "narrowed",
            "promise",
            f"{key}.{proof}",
            "",
            proof,
            False,
            sentence("Promise {row} is now proven by {proof}.", row=new.row, proof=proof),
        )
        for proof in new.proofs
        if proof not in old.proofs
    ]


def _rule(_old: Promise, new: Promise) -> Sentence:
    if new.rule:
        return sentence("Promise {row} is kept by another rule: {rule}", row=new.row, rule=new.rule)
    return sentence("Promise {row} is kept by another rule: none", row=new.row)


_PROMISE = (
    Field("statement", sentence("Promise {row} now reads: {statement}")),
    Field("rule", _rule),
    Field("row", sentence("Promise {old_row} now stands in row {new_row}.")),
    Field("clause", sentence("Promise {row} now stands in clause {clause}.")),
    Field("enforced", sentence("Promise {row} is enforced elsewhere: {after}"), quiet=True),
)


def clocks(a: Policy, b: Policy) -> list[Change]:
    changes = appeared(
        "clock",
        a.clocks,
        b.clocks,
        widens=False,
        sentences=(
            sentence("A new deadline for ourselves: {one}."),
            sentence("A deadline is taken back: {one}."),
        ),
    )
    return changes + entries("clock", a.clocks, b.clocks, _CLOCK)


def _takes_away(old: Clock, new: Clock) -> bool:
    """The copy's clock says how long a copy waits, the notice's how long a widening waits: there a shorter
    time takes something away.
    """
    return (new.within.length() > old.within.length()) != (new.id in {"copy", "widening"})


_CLOCK = (
    Field(
        "within",
        sentence("{title}: {after} instead of {before}."),
        _takes_away,
        lambda clock: clock.within.in_words(),
    ),
    Field(
        "remind",
        sentence("We remind ourselves on other days: {title}."),
        shown=lambda clock: f"{clock.remind}, {clock.escalate}",
    ),
    Field("title", sentence("The deadline “{old_title}” is now called “{new_title}”.")),
    Field("clause", sentence("The deadline “{title}” now stands in clause {clause}.")),
)
