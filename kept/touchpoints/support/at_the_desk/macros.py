"""Texts that are ready, said in the language of the case: whoever answers need not speak it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import override

from kept.sentences import sentence
from kept.touchpoints.support.models import Case


@dataclass(frozen=True, slots=True)
class Macro:
    id: str
    title: str
    text: str


MACROS = (
    Macro(
        "logs",
        sentence("Ask for the logs"),
        sentence(
            "Please send us the event log of the product. It is on its web page under Logs; put it in a .zip."
        ),
    ),
    Macro(
        "photo",
        sentence("Ask for a photo of the type plate"),
        sentence(
            "Please send us a photo of the type plate inside the lid, so that we know which product it is."
        ),
    ),
    Macro(
        "restart",
        sentence("Start it again in the right order"),
        sentence(
            "Please switch the output off, wait for two minutes, and switch the input on first. Tell us"
            " which alarm stands then."
        ),
    ),
    Macro(
        "update",
        sentence("Newer firmware"),
        sentence(
            "A newer firmware mends this. You find it, with what it changes, on the page of the product."
        ),
    ),
    Macro(
        "solved",
        sentence("Solved"),
        sentence("Good to hear that it works. You can close the case; writing in it opens it again."),
    ),
)
BY_ID = {macro.id: macro for macro in MACROS}


def in_the_language_of(case: Case, id: str) -> str:
    """The text of one, as whoever asked reads it; "" for one that is not there."""
    macro = BY_ID.get(id)
    with override(case.language):
        return str(macro.text) if macro else ""
