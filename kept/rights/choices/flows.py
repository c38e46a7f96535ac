"""She says yes or no, restricts, or lifts: one transaction with the ledger's entry and the receipt.

The gate asks anew each time, so it holds at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kept.core.consent import choices
from kept.core.consent.consent_state import NOTHING_SAID, of_row, standing
from kept.core.ledger import versions
from kept.core.policy.model import Purpose
from kept.core.policy.verdict import Reader
from kept.core.prepared import together
from kept.core.vault import gate
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.outbox.handing_over.transfers import follow, known_to_anybody
from kept.rights.access.language_shown import written_in
from kept.rights.choices import options
from kept.rights.receipts import flows as receipts
from kept.rights.receipts.models import Receipt
from kept.sentences import Sentence, sentence

SOURCE = "your choices"
SIGNAL = "your browser's signal"
RECOVERY = "taking your address back"
RIGHT = "own-data"
_KINDS = {
    options.YES: "consented",
    options.NO: "objected",
    options.RESTRICT: "restricted",
    options.LIFT: "lifted",
}
_WORDS: Mapping[str, Callable[[str], Sentence]] = {
    options.YES: lambda title: sentence("You said yes to “{title}”", title=title),
    options.NO: lambda title: sentence("You said no to “{title}”", title=title),
    options.RESTRICT: lambda title: sentence(
        "You restricted “{title}”: the data is kept, and not used", title=title
    ),
    options.LIFT: lambda title: sentence("You lifted the restriction of “{title}”", title=title),
}
_CHOSEN = {
    options.YES: sentence("Yes"),
    options.NO: sentence("No"),
    options.RESTRICT: sentence("Restricted"),
    options.LIFT: sentence("Restriction lifted"),
}


class NotAChoice(Exception):
    """Nothing of the kind can be chosen. The message says why."""


def say(
    *, reader: SelfReader, purpose: str, verb: str, controller: str, language: str, source: str = SOURCE
) -> Receipt | None:
    """Do it, and give a receipt; None where it stands so already.

    Raises NotAChoice for what the policy offers nobody.
    """
    subject = reader.subject
    with (
        transaction.atomic(),
        together(),
        gate.purpose(RIGHT, reader=reader, about=subject, source=source) as act,
    ):
        return _say(act, subject, purpose, verb, controller=controller, language=language, source=source)


def say_for(
    *, subject: UUID, purpose: str, verb: str, controller: str, language: str, by: Reader, matter: str
) -> Receipt | None:
    """The same for somebody who asked by letter or phone: the controller carries it out in their name, and
    their timeline says so. Raises as ``say``.
    """
    clerk = SystemReader(job="choices.carry-out", entity=by.entity)
    with (
        gate.purpose(RIGHT, reader=clerk, about=Job(matter), source=matter) as act,
        transaction.atomic(),
        together(),
    ):
        return _say(
            act,
            subject,
            purpose,
            verb,
            controller=controller,
            language=language,
            source=matter,
            matter=matter,
        )


def say_back(*, subject: UUID, purpose: str, verb: str, controller: str, language: str) -> Receipt | None:
    """The same when an ID is its owner's again, and what was chosen meanwhile is put back.

    Raises as ``say``.
    """
    clerk = SystemReader(job="choices.put-back", entity=controller)
    with (
        gate.purpose(RIGHT, reader=clerk, about=Job("choices put back"), source=RECOVERY) as act,
        transaction.atomic(),
        together(),
    ):
        return _say(act, subject, purpose, verb, controller=controller, language=language, source=RECOVERY)


def _say(
    act: gate.Act,
    subject: UUID,
    purpose: str,
    verb: str,
    *,
    controller: str,
    language: str,
    source: str,
    matter: str = "",
) -> Receipt | None:
    # Held before it is read, so that two answers of one moment act one after the other.
    ruling, held = act.ruling, choices.hold(subject)
    language = written_in(language)
    offered = options.option(ruling.policy, purpose, of_row(held) if held else NOTHING_SAID)
    if offered is None or verb not in _KINDS:
        raise NotAChoice(_("The policy knows no such choice. Take one from the page."))
    if verb not in offered.verbs:
        if _stands(offered, verb):
            return None
        raise NotAChoice(
            _("“{title}” cannot be chosen that way. Take a button from the page.").format(
                title=offered.purpose.title
            )
        )
    act.kind = _KINDS[verb]
    act.touch(subject, what=_told(verb, offered.purpose.title, source, matter), chose={purpose: verb})
    shown = options.notice(ruling.policy, offered.purpose, ruling.number, language)
    if verb == options.RESTRICT:
        choices.restrict(subject, purpose, source=source, held=held)
    elif verb == options.LIFT:
        choices.lift(subject, purpose, kinds=("restriction",), held=held)
    else:
        answer: Literal["yes", "no"] = "yes" if verb == options.YES else "no"
        choices.choose(
            subject,
            purpose,
            answer=answer,
            notice=shown,
            language=language,
            source=source,
            act=act.id,
            held=held,
        )
    # Whoever was handed something for this use hears of it too (GDPR Art. 19). A first yes changes nothing of
    # what they had.
    if (verb != options.YES or offered.said) and known_to_anybody(subject):
        follow(
            subject=subject,
            kind="restriction" if verb in {options.NO, options.RESTRICT} else "lifting",
            purposes=[purpose],
        )
    return _receipt(offered.purpose, verb, ruling, shown, language, controller, act.id)


def _told(verb: str, title: str, source: str, matter: str) -> Sentence:
    """What the timeline says of it, and by which way it was said."""
    said = _WORDS[verb](title)
    if source == SIGNAL:
        return sentence("{said} by your browser's signal", said=said)
    if source == RECOVERY:
        return sentence("{said}, put back as your address was taken back", said=said)
    if matter:
        return sentence(
            "{said}, carried out by the data controller as you asked, {matter}", said=said, matter=matter
        )
    return said


def honour_signal(*, reader: SelfReader, controller: str, language: str) -> int:
    """The browser asks not to be followed: a no to every purpose the policy lets the signal decide.

    Returns how many were new.

    A yes she gave here, to that very purpose, was more exact than a signal, and stands (GPC, section 4).
    """
    policy, now = versions.current().policy, standing(reader.subject)
    wanted = [id for id, purpose in policy.purposes.items() if purpose.signal and id not in now.objections]
    if not wanted:
        return 0
    exact = {
        one.purpose
        for one in choices.history(reader.subject)
        if one.answer == options.YES and one.source == SOURCE
    } & now.consents
    said = [
        say(
            reader=reader,
            purpose=id,
            verb=options.NO,
            controller=controller,
            language=language,
            source=SIGNAL,
        )
        for id in wanted
        if id not in exact
    ]
    return len([receipt for receipt in said if receipt])


def _stands(offered: options.Option, verb: str) -> bool:
    return (
        verb == offered.said
        or (verb == options.RESTRICT and offered.restricted)
        or (verb == options.LIFT and not offered.restricted)
    )


def _receipt(
    purpose: Purpose,
    verb: str,
    ruling: versions.Ruling,
    shown: choices.Notice,
    language: str,
    controller: str,
    act: UUID,
) -> Receipt:
    return receipts.give(
        "consent" if verb in {options.YES, options.LIFT} else "withdrawal",
        controller=controller,
        act=act,
        purposes=[purpose.id],
        notice={"hash": shown.hash(language), "language": language, "clause": shown.clause},
        control=reverse("choices"),
        ruling=ruling,
        more={sentence("What was chosen"): _CHOSEN[verb]},
    )
