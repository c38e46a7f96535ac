"""Write a mail.

It is sealed at once and leaves later, so that the answer to a form takes as long for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from kept.core.vault import gate
from kept.core.vault.acts import CURRENT
from kept.core.vault.readers import Job, SystemReader
from kept.dates import LANGUAGES
from kept.outbox.models import Message
from kept.outbox.silence import may_write
from kept.people.models import Person
from kept.sentences import Sentence

WRITER = SystemReader(job="outbox.mail")
MOST_ANSWERED = 20


@dataclass(frozen=True, slots=True)
class Thread:
    """``about``: the reference of what is talked about; an answer to this mail is known by it, whatever
    stands in its subject. ``answers``: the Message-IDs of the conversation so far, <with brackets>, the one
    that is answered last. ``by_hand``: a person wrote it, so that machines may answer it.
    """

    about: str = ""
    answers: Sequence[str] = ()
    by_hand: bool = False


def mail(
    *,
    subject: UUID,
    to: str,
    template: str,
    context: Mapping[str, Any],
    purpose: str,
    language: str = "",
    thread: Thread | None = None,
) -> Message:
    """Queue one mail.

    ``template`` is a path like "accounts/mail/code.txt" whose first line is the mail's subject. It is written
    in the language of ``subject``, whoever had it sent, so texts in ``context`` are lazy or sentences; or in
    ``language``, where they asked to be written to in another. ``thread``: the conversation it belongs to.

    To an address whose owner asked never to be written to, nothing goes but what they started themselves: the
    row says so, and holds no word. Inside an open act the mail belongs to that act and its transaction;
    elsewhere it opens an act of its own for ``purpose``. Raises what the gate raises: KeyErased for somebody
    who was erased, NotAllowed where the purpose may not write mail.
    """
    written_in = language or language_of(subject)
    with translation.override(written_in):
        heading, _, body = render_to_string(template, _said(context)).strip().partition("\n")
    body = _leading_on(body, written_in)
    act = CURRENT.get()
    if act is not None and not act.closed:
        return _queue(subject, to, template, heading, body, act.purpose, thread)
    with gate.purpose(purpose, reader=WRITER, about=Job(f"outbox.mail {template}"), source="outbox"):
        return _queue(subject, to, template, heading, body, purpose, thread)


def language_of(subject: UUID) -> str:
    """The one the person chose; the site's for one the portal does not speak, and for an organisation."""
    chosen = Person.objects.filter(pk=subject).values_list("language", flat=True).first()
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _leading_on(body: str, language: str) -> str:
    """The links of a mail lead to pages in its language: whoever follows one may not be signed in yet."""
    if language not in LANGUAGES[1:]:
        return body
    named = "|".join(LANGUAGES[1:])
    return re.sub(
        rf"{re.escape(settings.KEPT_SITE)}(?=/[^/])(?!/(?:{named}|static)/)",
        lambda found: f"{found[0]}/{language}",
        body,
    )


def _said(context: Mapping[str, Any]) -> dict[str, Any]:
    """Where nothing is escaped, a template writes a text as it lies there: sentences are said before."""
    return {name: str(value) if isinstance(value, Sentence) else value for name, value in context.items()}


def _queue(
    subject: UUID, to: str, template: str, heading: str, body: str, purpose: str, thread: Thread | None
) -> Message:
    # Named here, not as a default: what is told about the past must have happened then.
    now = timezone.now()
    message = Message(
        queued_at=now,
        due_at=now,
        subject=subject,
        to=to,
        heading=heading.strip()[:200],
        body=body.strip() + "\n",
        purpose=purpose,
        template=template,
    )
    if thread is not None:
        message.about, message.by_hand = thread.about, thread.by_hand
        message.answers = " ".join(thread.answers[-MOST_ANSWERED:]) or None
    if not may_write(to, purpose):
        message.to = message.heading = message.body = message.answers = message.due_at = None
        message.given_up_at, message.trouble = now, "Silenced"
    message.save(force_insert=True)
    return message
