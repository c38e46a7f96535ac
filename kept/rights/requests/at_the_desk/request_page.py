"""What the page of one request shows: opened inside one act, rendered before it closes, so that every look is
on the asker's timeline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from babel import Locale
from babel.dates import format_date
from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.core.policy.reading.answer_templates import AnswerTemplate
from kept.core.vault.columns.values import show
from kept.core.vault.sealed_files.files import SealedFile
from kept.people import addresses
from kept.rights.requests import flows
from kept.rights.requests.askers.representation import Authority, authority_of, representative_of
from kept.rights.requests.course import clock, fulfilment_registry, letters
from kept.rights.requests.course.in_text import in_text, of_role
from kept.rights.requests.course.verbs import lacks_authority
from kept.rights.requests.models import Request, Step
from kept.sentences import day


@dataclass(frozen=True, slots=True)
class Attached:
    id: UUID
    name: str
    size: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a request: when it came, by which way, what it says, and what came with it."""

    at: datetime
    how: str
    text: str
    files: list[Attached]


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom somebody else asks for, as they were named, and by what right.

    ``proof``: the file that shows it.
    """

    name: str
    email: str
    authority: Authority
    proof: Attached | None

    @property
    def relation(self) -> str:
        """Who asks for them, as it stands in a sentence."""
        return in_text(self.authority.get_relation_display())

    @property
    def role(self) -> str:
        """Who confirmed that they may, in a word."""
        return of_role(self.authority.role)


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote, opened: ``messages`` holds every one of them, the first one first.

    ``name``, ``email`` and ``address`` are the asker's.
    """

    text: str
    messages: list[Said]
    name: str
    email: str
    address: list[str]
    answer: str
    reasons: Mapping[UUID, str]
    whom: Whom | None = None


def words(request: Request) -> Words:
    """Inside an act bound to the request. Raises what the gate raises."""
    person, asker = request.person, representative_of(request)
    name = asker.name if asker else request.name or (show(person, "name") if person else "")
    return Words(
        text=request.text or "",
        messages=messages(request),
        name=str(name or ""),
        email=letters.reach(request),
        address=lines(request),
        answer=request.answer or "",
        reasons={
            step.pk: step.reason
            for step in request.steps.filter(reason__isnull=False).select_related("request")
        },
        whom=_whom(request),
    )


def own_words(request: Request) -> Words:
    """As ``words``, for whom it is about: of somebody else who asked for them they see the name alone."""
    reasons = {
        step.pk: step.reason for step in request.steps.filter(reason__isnull=False).select_related("request")
    }
    return Words(
        request.text or "", messages(request), "", "", [], request.answer or "", reasons, _whom(request)
    )


def _whom(request: Request) -> Whom | None:
    authority = authority_of(request)
    if authority is None:
        return None
    person = request.person
    name = request.name or (show(person, "name") if person else "")
    email = request.email or (show(person, "email") if person else "")
    return Whom(
        str(name or ""), str(email or ""), authority, _attached(authority.proof) if authority.proof else None
    )


def messages(request: Request) -> list[Said]:
    """Every message of it, whoever must answer and whoever asked see the same.

    Inside an act bound to the request.
    """
    files: dict[UUID | None, list[Attached]] = {}
    for place, one in enumerate(request.attachments.order_by("at", "pk"), start=1):
        files.setdefault(one.step_id, []).append(_attached(one.file, place))
    first = Said(request.received_at, request.get_channel_display(), request.text or "", files.get(None, []))
    added = request.steps.filter(kind=Step.Kind.ADDED).select_related("request")
    return [first, *(Said(step.at, step.said, step.reason or "", files.get(step.pk, [])) for step in added)]


def extension(request: Request) -> Step | None:
    """Why it takes longer, opened in the same act; None once it is answered."""
    return (
        None
        if request.answered_at
        else request.steps.filter(kind=Step.Kind.EXTENDED).select_related("request").last()
    )


def lines(request: Request) -> list[str]:
    """As on an envelope: the address they gave for this, or their own; of somebody who asks for another, the
    asker's alone.
    """
    asker = representative_of(request)
    given = asker.address if asker else request.address
    if given:
        return addresses.lines(given, given.get("country", ""))
    if asker:
        return []
    return request.person.address_lines if request.person else []


def templates(policy: Policy, request: Request) -> list[AnswerTemplate]:
    """Those of their language, or of the company's first one, that suit the kind."""
    found = policy.answers.get(request.language) or policy.answers.get(policy.company.languages[0]) or {}
    return [one for one in found.values() if one.suits(request.kind)]


def filled(policy: Policy, request: Request, id: str) -> str:
    """One template with its places filled; "" for one that is not offered. Opens nothing."""
    chosen = next((one for one in templates(policy, request) if one.id == id), None)
    if chosen is None:
        return ""
    company = policy.in_language(request.language).company
    where = company.regions.get(request.region) or company.region_of("*")

    def written(at: date) -> str:
        # The day before the month in English too, as everywhere on the portal.
        return format_date(at, "long", locale={"en": "en_GB"}.get(request.language, request.language))

    values = {
        "reference": request.reference,
        "received": written(clock.day(request.received_at, where)),
        "due": written(request.due),
        "controller": where.controller.title,
        "email": where.controller.email,
        "authority": where.controller.authority,
        "company": company.entities[where.entity].name,
        "site": settings.KEPT_SITE,
    }
    return chosen.filled(values, policy.text(request.language))


def law_in_words(request: Request) -> str:
    """Which bound holds now, said plainly."""
    term = request.term
    if request.extended_at:
        said = [
            _(
                "It was extended under {article}. The company’s own promise of {promised} no longer bounds"
                " it, and it cannot be extended again."
            ).format(
                article=term.article,
                promised=clock.promise(versions.current().policy, request.kind).in_words(),
            )
        ]
    elif term.lawful is None:
        said = [
            _("The company’s promise comes first."),
            _("Promised: {day}; no law on file for their country.").format(day=day(term.promised)),
        ]
    else:
        said = [
            _("The company’s promise comes first.")
            if term.promised <= term.lawful
            else _("The law comes first."),
            _("Promised: {day}; {article}: {lawful}.").format(
                day=day(term.promised), article=term.article, lawful=day(term.lawful)
            ),
        ]
    if paused := request.paused_days:
        said.append(
            ngettext(
                "The clock stood for {n} day, which is added.",
                "The clock stood for {n} days, which are added.",
                paused,
            ).format(n=paused)
        )
    return " ".join(said)


def context(request: Request, *, answering: bool) -> dict[str, Any]:
    """What needs no opening."""
    return {
        "request_": request,
        "law": law_in_words(request),
        "language": Locale.parse(get_language() or "en", sep="-").languages.get(
            request.language, request.language
        ),
        "promised": clock.promise(versions.current().policy, request.kind).in_words(),
        "no_extension": flows.extension_problem(request),
        "can_carry_out": fulfilment_registry.can(request) and request.known,
        "lacks_authority": lacks_authority(request),
        "can_take_back": (
            answering and fulfilment_registry.standing(request) is fulfilment_registry.Standing.RUNNING
        ),
        "answering": answering and request.closed_at is None,
        "steps": list(request.steps.exclude(kind=Step.Kind.RECEIVED)),
        "company": versions.current().policy.company.entities[request.controller],
    }


def _attached(file: UUID, place: int = 0) -> Attached:
    """``place``: its number among all that came with the request, the first one 1."""
    known = SealedFile.describe(file)
    return Attached(file, known.name, known.size, place)
