"""Who first sent what somebody forwards: four programs, four languages, as text and out of a table."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from django.utils import timezone

from kept.mailroom.reading.forwarded_mail import FORWARDED, FirstMail, first_mail
from kept.mailroom.reading.mail_parser import read
from kept.mailroom.tests.letters import mail

FRANK = ("frank@example.org", "Frank Peeters")
FORMS = {
    "apple-de": (
        "Anfang der weitergeleiteten Nachricht:\n"
        "\n"
        "Von: Frank Peeters <frank@example.org>\n"
        "Betreff: Es brummt\n"
        "Datum: 2. November 2026 um 09:14:00 MEZ\n"
        "An: bob@example.com\n"
        "\n"
        "Hallo"
    ),
    "apple-en": (
        "> Begin forwarded message:\n"
        "> \n"
        "> From: Frank Peeters <frank@example.org>\n"
        "> Subject: It hums\n"
        "> Date: 2 November 2026 at 09:14:00 CET\n"
        "> To: bob@example.com\n"
        "> \n"
        "> The shelf hums"
    ),
    "apple-fr": (
        "Début du message réexpédié :\n"
        "\n"
        "De: Frank Peeters <frank@example.org>\n"
        "Objet: Ça ronfle\n"
        "Date: 2 novembre 2026 à 09:14:00 UTC+1\n"
        "À: bob@example.com\n"
        "\n"
        "Bonjour"
    ),
    "apple-nl": (
        "Begin doorgestuurd bericht:\n"
        "\n"
        "Van: Frank Peeters <frank@example.org>\n"
        "Onderwerp: Het bromt\n"
        "Datum: 2 november 2026 om 09:14:00 CET\n"
        "Aan: bob@example.com\n"
        "\n"
        "Dag"
    ),
    "bold": ("*From:* Frank Peeters <frank@example.org>\n*Sent:* Monday\n*To:* Bob\n*Subject:* It hums\n\nx"),
    "gmail-de": (
        "---------- Forwarded message ---------\n"
        "Von: Frank Peeters <frank@example.org>\n"
        "Date: Mo., 2. Nov. 2026 um 09:14 Uhr\n"
        "Subject: Es brummt\n"
        "To: <bob@example.com>\n"
        "\n"
        "\n"
        "Hallo"
    ),
    "gmail-en": (
        "---------- Forwarded message ---------\n"
        "From: Frank Peeters <frank@example.org>\n"
        "Date: Mon, Nov 2, 2026 at 9:14 AM\n"
        "Subject: It hums\n"
        "To: <bob@example.com>\n"
        "\n"
        "\n"
        "The shelf hums"
    ),
    "gmail-fr": (
        "---------- Forwarded message ---------\n"
        "De : Frank Peeters <frank@example.org>\n"
        "Date: lun. 2 nov. 2026 à 09:14\n"
        "Subject: It hums\n"
        "To: <bob@example.com>\n"
        "\n"
        "x"
    ),
    "gmail-nl": (
        "---------- Forwarded message ---------\n"
        "Van: Frank Peeters <frank@example.org>\n"
        "Date: ma 2 nov 2026 om 09:14\n"
        "Subject: Het bromt\n"
        "To: <bob@example.com>\n"
        "\n"
        "\n"
        "Dag"
    ),
    "outlook-de": (
        "Von: Frank Peeters [mailto:frank@example.org]\n"
        "Gesendet: Montag, 2. November 2026 09:14\n"
        "An: Bob\n"
        "Betreff: Es brummt\n"
        "\n"
        "Hallo"
    ),
    "outlook-en": (
        "Please take this.\n"
        "\n"
        "Bob\n"
        "\n"
        "________________________________\n"
        "From: Frank Peeters <frank@example.org>\n"
        "Sent: Monday, 2 November 2026 09:14\n"
        "To: Bob <bob@example.com>\n"
        "Subject: It hums\n"
        "\n"
        "The shelf hums: loud.\n"
    ),
    "outlook-fr": (
        "De : Frank Peeters <frank@example.org>\n"
        "Envoyé : lundi 2 novembre 2026 09:14\n"
        "À : Bob\n"
        "Objet : Ça ronfle\n"
        "\n"
        "Bonjour"
    ),
    "outlook-nl": (
        "Van: Frank Peeters <frank@example.org>\n"
        "Verzonden: maandag 2 november 2026 09:14\n"
        "Aan: Bob\n"
        "Onderwerp: Het bromt\n"
        "\n"
        "Dag"
    ),
    "tb-de": (
        "-------- Weitergeleitete Nachricht --------\n"
        "Betreff: \tEs brummt\n"
        "Datum: \tMon, 2 Nov 2026 09:14:00 +0100\n"
        "Von: \tFrank Peeters <frank@example.org>\n"
        "An: \tbob@example.com\n"
        "\n"
        "Hallo"
    ),
    "tb-en": (
        "-------- Forwarded Message --------\n"
        "Subject: \tIt hums\n"
        "Date: \tMon, 2 Nov 2026 09:14:00 +0100\n"
        "From: \tFrank Peeters <frank@example.org>\n"
        "To: \tbob@example.com\n"
        "\n"
        "The shelf hums"
    ),
    "tb-html": (
        "-------- Message transféré --------\n"
        "\n"
        "Sujet :\n"
        "\n"
        "Ça\n"
        "\n"
        "Date :\n"
        "\n"
        "Mon\n"
        "\n"
        "De :\n"
        "\n"
        "Frank Peeters <frank@example.org>\n"
        "\n"
        "Pour :\n"
        "\n"
        "bob@example.com\n"
        "\n"
        "Bonjour"
    ),
    "tb-nl": (
        "-------- Doorgestuurd bericht --------\n"
        "Onderwerp: \tHet bromt\n"
        "Datum: \tMon, 2 Nov 2026 09:14:00 +0100\n"
        "Van: \tFrank Peeters <frank@example.org>\n"
        "Aan: \tbob@example.com\n"
        "\n"
        "Dag"
    ),
}
SUBJECTS = {"It hums", "Es brummt", "Ça ronfle", "Ça", "Het bromt"}
TEXTS = {"The shelf hums", "The shelf hums: loud.", "Hallo", "Bonjour", "Dag", "x"}


@pytest.mark.parametrize("form", FORMS)
def test_each_program_in_each_language(form: str) -> None:
    found = first_mail(FORMS[form])
    assert found is not None and (found.sender, found.name) == FRANK
    assert found.subject in SUBJECTS and found.text in TEXTS
    assert found.comment == ("Please take this.\nBob" if form == "outlook-en" else "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, from: me to: you\nregards",
        "From: Frank Peeters\nSent: Monday\nTo: Bob\nSubject: x\n\ny",
        "From: a@example.org, b@example.org\nSent: Monday\nTo: Bob\nSubject: x\n\ny",
        "From: frank@example.org\n\nA line that somebody quoted.",
        "From: " * 20_000,
    ],
)
def test_where_it_is_not_clear_it_is_nobody(text: str) -> None:
    assert first_mail(text) is None


def test_a_subject_says_that_it_is_forwarded() -> None:
    assert all(map(FORWARDED.match, ("Fwd: x", "FW: x", "WG: x", "TR : x", "Doorst: x", "[EXT] Fw: x")))
    assert not any(map(FORWARDED.match, ("Re: x", "Fwding costs", "Transport: x")))


def test_a_mail_enclosed_as_one_says_who_sent_it() -> None:
    outer, inner = EmailMessage(), EmailMessage()
    inner["From"], inner["Subject"] = "Frank Peeters <frank@example.org>", "It hums"
    inner.set_content("The shelf hums")
    outer["From"], outer["Subject"], outer["Message-ID"] = "bob@example.com", "Take this", "<1@example.com>"
    outer.set_content("Please.")
    outer.add_attachment(inner)
    letter = read(outer.as_bytes(), now=timezone.now())
    assert letter.inner == FirstMail(*FRANK, "It hums", "The shelf hums")
    assert read(mail("Nothing."), now=timezone.now()).inner is None
