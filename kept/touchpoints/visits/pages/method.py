"""How it is counted, in plain words and from what is really there: machines, the table of countries, the term
of the policy.
"""

from __future__ import annotations

from dataclasses import dataclass

from kept.core.ledger import versions
from kept.portal.durations import length
from kept.portal.regions import geoip
from kept.touchpoints.visits.events import FEWEST, PAUSE
from kept.touchpoints.visits.pages.periods import Period
from kept.touchpoints.visits.places import Places

PURPOSE = "visits"
IMPORTED = "import-"


@dataclass(frozen=True, slots=True)
class Told:
    """One question about the method, and its answer."""

    question: str
    answer: str


def told(places: Places, span: Period) -> list[Told]:
    """In the order a reader would ask."""
    return [
        Told("What is counted?", COUNTED),
        Told("What is not counted?", NOT_COUNTED),
        Told("Who is a visitor?", f"{VISITOR} {machines(places, span)}"),
        Told("What is a visit?", VISIT),
        Told(f"Why <{FEWEST}?", FEW),
        Told("How is the country known?", f"{geoip.origins().source} {COUNTRY}"),
        Told("How do you know where people go?", LEFT),
        Told("How long is it kept?", kept()),
    ]


def machines(places: Places, span: Period) -> str:
    """Whether somebody may be two visitors, by the sources of the last day."""
    names = {file.stem for file in places.day(span.until.isoformat()).glob("*.parquet")}
    own = {name for name in names if not name.startswith(IMPORTED)}
    if len(own) > 1:
        return (
            f"{len(own)} machines counted on the last day, each for itself: whoever reached two of them was"
            " two visitors."
        )
    return "One machine counts, so nobody is counted twice on a day." if own else ""


def kept() -> str:
    purpose = versions.current().policy.purposes.get(PURPOSE)
    if purpose is None:
        return "Nothing is counted any more."
    return (
        f"{length(purpose.keep)[:1].upper()}{length(purpose.keep)[1:]} after the visit a day is dropped"
        " whole: its events and its sums."
    )


COUNTED = (
    "Pages that are open to everybody, read by a person: which page and in which minute, the site a link"
    " stood on, the country, the Internet provider, the families of browser and system, the first language."
    " Nothing of it is finer, and nothing in it names you."
)
NOT_COUNTED = (
    "Programs that read pages, our own staff, forms that are sent, signing in, everything under Your data,"
    " and the desk. Nor you, if your browser sends Global Privacy Control, if you said no to being counted,"
    " or if you object."
)
VISITOR = (
    "A number made anew each day out of things that are forgotten at once. Tomorrow you are another number."
    " So the visitors of days cannot be added up to the people of a month: whoever came on twenty days was"
    " twenty visitors. How many people a month had, nobody here can know."
)
VISIT = (
    f"Pages of one visitor without a pause of {PAUSE} minutes. The time on a page ends when the next one"
    " begins, so the last page of a visit has none, and no average of minutes holds it."
)
FEW = (
    f"Fewer than {FEWEST} visitors could be somebody. Such a number shows as <{FEWEST}, and so does the next"
    f" one where it could be worked out from the rest. A day on which a row had fewer than {FEWEST} is not in"
    " the row’s number. A whole month adds such days up before it looks, so whole months tell more than the"
    " same days one by one. A row’s number is therefore what can be told, not always all there was, and its"
    " share is of all that is told. No difference of two periods is a smaller group either."
)
COUNTRY = "It is looked up in memory from the network address, which is then forgotten."
LEFT = (
    "From the order of the pages within one visit. A link away to another site is counted by a small script:"
    " who reads without scripts follows links that nobody counts."
)
