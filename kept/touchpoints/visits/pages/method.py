"""How it is counted, in plain words and from what is really there: machines, the table of countries, the term
of the policy.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kept.core.ledger import versions
from kept.portal.marks.durations import length
from kept.portal.regions import geoip
from kept.sentences import sentence
from kept.touchpoints.visits.pages.periods import Period
from kept.visits_log.dimensions import COLUMNS
from kept.visits_log.events import FEWEST, PAUSE
from kept.visits_log.places import Places

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
        Told(_("What is counted?"), COUNTED),
        Told(_("What is not counted?"), NOT_COUNTED),
        Told(_("Who is a visitor?"), f"{VISITOR} {machines(places, span)}"),
        Told(_("What is a visit?"), VISIT),
        Told(_("Why <{few}?").format(few=FEWEST), FEW),
        Told(_("How is the country known?"), f"{geoip.origins().source} {COUNTRY}"),
        Told(_("How do you know where people go?"), LEFT),
        Told(_("How long is it kept?"), kept()),
    ]


def machines(places: Places, span: Period) -> str:
    """Whether somebody may be two visitors, by the sources of the last day."""
    names = {file.stem for file in places.day(span.until.isoformat()).glob("*.parquet")}
    own = {name for name in names if not name.startswith(IMPORTED)}
    if len(own) > 1:
        return ngettext(
            "{n} machine counted on the last day, each for itself: whoever reached two of them was two"
            " visitors.",
            "{n} machines counted on the last day, each for itself: whoever reached two of them was two"
            " visitors.",
            len(own),
        ).format(n=len(own))
    return _("One machine counts, so nobody is counted twice on a day.") if own else ""


def kept() -> str:
    purpose = versions.spoken().purposes.get(PURPOSE)
    if purpose is None:
        return _("Nothing is counted any more.")
    said = _("{term} after the visit a day is dropped whole: its events and its sums.")
    return capfirst(said.format(term=length(purpose.keep)))


COUNTED = sentence(
    "Pages that are open to everybody, read by a person. Of each: {columns}. Nothing of it is finer, and"
    " nothing in it names you.",
    columns=[sentence(column.title) for column in COLUMNS],
)
NOT_COUNTED = sentence(
    "Programs that read pages, our own staff, forms that are sent, signing in, everything under Your data,"
    " and the desk. Nor you, if your browser sends Global Privacy Control, if you said no to being counted,"
    " or if you object."
)
VISITOR = sentence(
    "A number made anew each day out of things that are forgotten at once. Tomorrow you are another number."
    " So the visitors of days cannot be added up to the people of a month: whoever came on twenty days was"
    " twenty visitors. How many people a month had, nobody here can know."
)
VISIT = sentence(
    "Pages of one visitor without a pause of {pause} minutes. The time on a page ends when the next one"
    " begins, so the last page of a visit has none, and no average of minutes holds it.",
    pause=PAUSE,
)
FEW = sentence(
    "Fewer than {few} visitors could be somebody. Such a number shows as <{few}, and so does the next"
    " one where it could be worked out from the rest. A day on which a row had fewer than {few} is not in"
    " the row’s number. A whole month adds such days up before it looks, so whole months tell more than the"
    " same days one by one. A row’s number is therefore what can be told, not always all there was, and its"
    " share is of all that is told. No difference of two periods is a smaller group either.",
    few=FEWEST,
)
COUNTRY = sentence("It is looked up in memory from the network address, which is then forgotten.")
LEFT = sentence(
    "From the order of the pages within one visit. A link away to another site is counted by a small script:"
    " who reads without scripts follows links that nobody counts."
)
