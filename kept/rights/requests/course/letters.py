"""The mails that go with a request.

Each is written inside the act and transaction of the verb it tells of.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation

from kept.outbox.mail import Thread, mail
from kept.outbox.models import Message
from kept.people.models import Person
from kept.portal.languages import choice
from kept.rights.requests.askers.representation import authority_of, representative_of
from kept.rights.requests.course.in_text import in_text
from kept.rights.requests.course.verbs import lacks_authority
from kept.rights.requests.models import Request
from kept.sentences import day

PURPOSE = "requests"


def reach(request: Request) -> str:
    """The address mail goes to: the one they gave for this, or their own; of whoever asks for somebody else,
    always theirs.

    "" where none is known. Inside an act.
    """
    asker = representative_of(request)
    if asker is not None:
        return str(asker.email or "")
    if not request.known and authority_of(request) is not None:
        # Whoever asked is forgotten, and an address they named for somebody else was checked by nobody.
        return ""
    if request.email:
        return str(request.email)
    person = request.person
    return str(person.email or "") if person is not None else ""


def code_goes_to(request: Request) -> tuple[UUID | None, str]:
    """(whose it is, the address) of the code that a copy opens with: of the person, or of whoever may ask for
    them. Inside an act.
    """
    asker, authority = representative_of(request), authority_of(request)
    if asker is not None and authority is not None and authority.stands:
        return asker.keeper, str(asker.email or "")
    person = request.person
    return (person.pk, str(person.email or "")) if person is not None and authority is None else (None, "")


def acknowledge(request: Request, *, code: str, receipt: str) -> bool:
    return _send(request, "received", code=code, receipt=receipt)


def ask_identity(request: Request, *, code: str) -> bool:
    """``code`` comes back from the address it was sent to; "" where no room of this portal takes codes, and a
    person asks otherwise.
    """
    return _send(
        request, "identity", code=code, confirm=_page(request, f"/privacy/request/{request.reference}/")
    )


def ask_authority(request: Request, *, missing: str) -> bool:
    return _send(request, "authority", missing=missing)


def represented(request: Request, *, person: Person, who: str, relation: str) -> bool:
    """To the person it is about: somebody asked in their name, and we saw that they may.

    False where no address of theirs is known.
    """
    if not person.email:
        return False
    with translation.override(spoken(person.language)):
        mail(
            subject=person.pk,
            to=person.email,
            template="requests/mail/represented.txt",
            context={
                **facts(request),
                "site": settings.KEPT_SITE,
                "who": who,
                "relation": relation,
                "relation_in_text": in_text(relation),
            },
            purpose=PURPOSE,
            thread=Thread(about=request.reference),
        )
    return True


def extended(request: Request, *, reason: str, article: str) -> bool:
    return _send(request, "extended", reason=reason, article=article)


def rerouted(request: Request) -> bool:
    return _send(request, "rerouted")


def answer(request: Request) -> bool:
    return _send(request, "answer")


def closed(request: Request, *, reason: str) -> bool:
    return _send(request, "closed", reason=reason)


def status(request: Request) -> str:
    """Where they see how it stands."""
    return _page(request, f"/privacy/status/{request.reference}/")


def _page(request: Request, path: str) -> str:
    """An address of ours that opens in the language they asked to be answered in."""
    return settings.KEPT_SITE + choice.address(path, spoken(request.language))


def spoken(language: str) -> str:
    """The language a letter is written in: theirs, where the portal speaks it."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def in_language_of(request: Request) -> AbstractContextManager[Any]:
    """Inside it, everything is said in the language they asked to be answered in."""
    return translation.override(spoken(request.language))


def follow(before: UUID, after: UUID) -> None:
    """Mail to an asker is the person's once it is sure who that is; what still waits is sealed anew, before
    the old key goes. Inside an act.
    """
    for message in Message.objects.filter(subject=before):
        to, heading, body = message.to, message.heading, message.body
        message.subject = after
        message.to, message.heading, message.body = to, heading, body
        message.save()


def _send(request: Request, template: str, **more: Any) -> bool:
    """False where no address is known: then it goes by post, or is told on the phone."""
    to = reach(request)
    if not to or request.keeper is None:
        return False
    asker = representative_of(request)
    with in_language_of(request):
        context = {
            **facts(request),
            "site": settings.KEPT_SITE,
            "status": status(request),
            "for_another": asker is not None,
            "unshown": lacks_authority(request),
            **more,
        }
        mail(
            subject=asker.keeper if asker else request.keeper,
            to=to,
            template=f"requests/mail/{template}.txt",
            context=context,
            purpose=PURPOSE,
            language=spoken(request.language),
            thread=Thread(about=request.reference),
        )
    return True


def facts(request: Request) -> dict[str, Any]:
    """What every letter names; the days are written out in the language that is active here."""
    return {
        "request": request,
        "controller": request.where.controller,
        "kind": in_text(request.get_kind_display()),
        "received": day(request.received_at),
        "due": day(request.due),
        "first_due": day(request.first_due),
    }
