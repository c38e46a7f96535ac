"""What changes in who may receive something: where they are, what they do, under which contract, and how they
are told.
"""

from __future__ import annotations

from kept.core.policy.comparing.compare import KEYS, NAMED, Change, members, ordered, wording
from kept.core.policy.model import SERVICES, Policy, Recipient
from kept.sentences import sentence


def recipients(a: Policy, b: Policy) -> list[Change]:
    titles = {
        name: f"{recipient.title}, {recipient.country}"
        for name, recipient in (*a.recipients.items(), *b.recipients.items())
    }
    changes = members(
        "recipient",
        "recipients",
        a.recipients,
        b.recipients,
        sentence("A new recipient: {one}."),
        sentence("No longer a recipient: {one}."),
        titles=titles,
    )
    for name in a.recipients.keys() & b.recipients.keys():
        old, new = a.recipients[name], b.recipients[name]
        changes += _who(old, new) + _under_what(old, new) + _how(old, new)
    return changes


def _who(old: Recipient, new: Recipient) -> list[Change]:
    """What they do for us, where they are, and how they are called."""
    changes = members(
        "recipient",
        f"{new.id}.services",
        old.services,
        new.services,
        sentence("{title} may now receive data to {one}.", title=new.title, one=NAMED),
        sentence("{title} no longer receives data to {one}.", title=new.title, one=NAMED),
        titles=SERVICES,
    )
    for key in ("country", "kind", "entity", "told_otherwise"):
        before, after = getattr(old, key), getattr(new, key)
        said = sentence(
            "{title}: {key} was “{before}” and is “{after}”.",
            title=new.title,
            key=KEYS[key],
            before=before,
            after=after,
        )
        changes += ordered("recipient", f"{new.id}.{key}", before, after, True, said)
    called = sentence("{old_title} is now called {new_title}.", old_title=old.title, new_title=new.title)
    changes += wording("recipient", f"{new.id}.title", old.title, new.title, called)
    by_law = sentence("{title} is now {legal_name} by law.", title=new.title, legal_name=new.legal_name)
    changes += wording("recipient", f"{new.id}.legal_name", old.legal_name, new.legal_name, by_law)
    return changes


def _under_what(old: Recipient, new: Recipient) -> list[Change]:
    """The contract, and the mechanism that carries data there."""
    was, now = (transfer.mechanism if transfer else "none" for transfer in (old.transfer, new.transfer))
    said = sentence("Data reaches {title} under {now} instead of {was}.", title=new.title, now=now, was=was)
    changes = ordered("recipient", f"{new.id}.transfer.mechanism", was, now, True, said)
    if old.contract != new.contract or (old.transfer != new.transfer and was == now):
        before, after = f"{old.contract} {old.transfer}", f"{new.contract} {new.transfer}"
        said = sentence("The contract or transfer dates of {title} have changed.", title=new.title)
        changes.append(Change("reworded", "recipient", f"{new.id}.dates", before, after, False, said))
    return changes


def _how(old: Recipient, new: Recipient) -> list[Change]:
    """Whether a machine of theirs is told, or people."""
    if old.endpoint == new.endpoint:
        return []
    said = (
        sentence("{title} is told by its machine at {address}.", title=new.title, address=new.endpoint)
        if new.endpoint
        else sentence("{title} is told by hand.", title=new.title)
    )
    return [Change("reworded", "recipient", f"{new.id}.endpoint", old.endpoint, new.endpoint, False, said)]
