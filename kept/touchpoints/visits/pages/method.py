"""How it is counted, in plain words and from what is really there: sources, the country table, the term."""

from __future__ import annotations

from dataclasses import dataclass

from kept.core.ledger import versions
from kept.touchpoints.visits.events import FEWEST, PAUSE
from kept.touchpoints.visits.pages.periods import Period
from kept.touchpoints.visits.places import Places

PURPOSE = "visits"


@dataclass(frozen=True, slots=True)
class Told:
    """One question about the method, and its answer."""

    question: str
    answer: str


def told(places: Places, span: Period) -> list[Told]:
    """In the order a reader would ask."""
    return [Told(*one) for one in ANSWERS]


ANSWERS = (
    (
        "What is counted?",
        "A page of ours that is open to everybody, read by a person: its address, the site a link stood on, the country, the internet "
        "provider, the family of the browser, the system, the first language, and the minute. Nothing of it is finer, and nothing names you.",
    ),
    (
        "What is not counted?",
        "Programs that read pages, our own staff, forms that are sent, signing in, everything under Your data, and the desk. Nor you, if "
        "your browser sends Global Privacy Control, if you said no to being counted, or if you object.",
    ),
    (
        "Who is a visitor?",
        "A number made afresh each day from things that are forgotten at once. Tomorrow you are another number. So the visitors of days "
        "cannot be added up to the people of a month: whoever came on twenty days is twenty visitors. That is the price, and we think it is right.",
    ),
    (
        "What is a visit?",
        f"Pages of one visitor without a pause of {PAUSE} minutes. The time on a page ends when the next one begins, so the last page of a visit has none.",
    ),
    (
        f"Why <{FEWEST}?",
        f"A number of fewer than {FEWEST} visitors could be somebody. Such a cell shows <{FEWEST}, and so does the next one where it could be worked out from "
        f"the rest. A day on which a row had fewer than {FEWEST} is not in the row's number; whole months add such days up before they "
        "look, so they tell more than days do. No difference of two periods is a smaller group either.",
    ),
)
