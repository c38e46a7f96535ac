"""The reports of the dashboard, in the order they stand there: title, heading of each column, and what to say
about it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from kept.sentences import sentence
from kept.touchpoints.visits.pages import labels


@dataclass(frozen=True, slots=True)
class Sheet:
    """``name`` is its address, and the report's name unless ``counted`` says another; ``line`` one line under
    the title; ``told`` what must be known to read it.

    ``timed`` adds the minutes a page is read, ``effect`` the pages of a visit; ``complete``: every key there
    can be is listed.
    """

    name: str
    title: str
    line: str
    key: str | Promise
    measure: str
    group: str
    says: labels.Says = labels.plain
    key2: str | Promise = ""
    linked: bool = False
    timed: bool = False
    effect: bool = False
    told: str = ""
    counted: str = ""
    complete: bool = False
    empty: str = sentence("Nothing in these days.")

    @property
    def report(self) -> str:
        """The report's own name."""
        return self.counted or self.name

    @property
    def inside(self) -> str:
        """The title inside a sentence."""
        return labels.inside(self.title)

    @property
    def keys(self) -> str:
        """The heading of the first column."""
        return f"{self.key} → {labels.inside(self.key2)}" if self.key2 else str(self.key)

    @property
    def coded(self) -> bool:
        """Whether people read another word than the one that was counted."""
        return self.says is not labels.plain


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    title: str
    line: str


GROUPS = (
    Group("reading", sentence("What is read"), sentence("And where people go from there")),
    Group(
        "coming", sentence("Where they come from"), sentence("What our communication and advertising bring")
    ),
    Group("using", sentence("What they looked for"), sentence("Downloads, searches, and what was not there")),
    Group("who", sentence("Who they are"), sentence("All visitors as a whole, never one")),
    Group("when", sentence("When"), sentence("By the clock of this site")),
)

SHEETS = (
    Sheet(
        "pages",
        sentence("Pages"),
        sentence("Most read first"),
        sentence("Page"),
        sentence("Times read"),
        "reading",
        linked=True,
        timed=True,
    ),
    Sheet(
        "ways",
        sentence("Ways through the site"),
        sentence("From one page to the next"),
        pgettext_lazy("page", "From"),
        sentence("Visits"),
        "reading",
        key2=pgettext_lazy("page", "To"),
        linked=True,
    ),
    Sheet(
        "entries",
        sentence("First pages"),
        sentence("Where a visit begins"),
        sentence("Page"),
        sentence("Visits"),
        "reading",
        says=labels.page,
        linked=True,
    ),
    Sheet(
        "exits",
        sentence("Last pages"),
        sentence("Where a visit ends"),
        sentence("Page"),
        sentence("Visits"),
        "reading",
        says=labels.page,
        linked=True,
    ),
    Sheet(
        "exit-links",
        sentence("Links followed away"),
        sentence("To other sites"),
        sentence("Site"),
        sentence("Times followed"),
        "reading",
        told=sentence(
            "A link away is counted by a small script. Who reads without scripts follows links that nobody"
            " counts."
        ),
        counted="left",
    ),
    Sheet(
        "referrers",
        sentence("Referring sites"),
        sentence("The site a link stood on, never the page"),
        sentence("Site"),
        sentence("Visits"),
        "coming",
        says=labels.referrer,
    ),
    Sheet(
        "campaigns",
        sentence("Campaigns"),
        sentence("By the tag of a link we published"),
        sentence("Campaign"),
        sentence("Visits"),
        "coming",
        says=labels.tagged,
        effect=True,
    ),
    Sheet(
        "mediums",
        sentence("Advertising and other mediums"),
        sentence("By the kind of link"),
        sentence("Medium"),
        sentence("Visits"),
        "coming",
        says=labels.tagged,
        effect=True,
    ),
    Sheet(
        "sources",
        sentence("Tagged sources"),
        sentence("By where the link was published"),
        sentence("Source"),
        sentence("Visits"),
        "coming",
        says=labels.tagged,
        effect=True,
    ),
    Sheet(
        "downloads",
        sentence("Downloads"),
        sentence("Files taken"),
        sentence("File"),
        sentence("Times taken"),
        "using",
    ),
    Sheet(
        "searches",
        sentence("Searches"),
        sentence("Words typed into our search"),
        sentence("Words"),
        sentence("Times searched"),
        "using",
        told=sentence(
            "Addresses, numbers and names of machines are taken out of the words before they are written"
            " down."
        ),
    ),
    Sheet(
        "not-found",
        sentence("Pages not found"),
        sentence("Addresses that led nowhere"),
        sentence("Address"),
        sentence("Times asked for"),
        "using",
    ),
    Sheet(
        "countries",
        sentence("Countries"),
        "",
        sentence("Country"),
        sentence("Visits"),
        "who",
        says=labels.country,
    ),
    Sheet("providers", sentence("Internet providers"), "", sentence("Provider"), sentence("Visits"), "who"),
    Sheet(
        "languages",
        sentence("Languages"),
        sentence("The first the browser asks for"),
        sentence("Language"),
        sentence("Visits"),
        "who",
        says=labels.language,
    ),
    Sheet(
        "browsers",
        sentence("Browsers"),
        sentence("The family, never the version"),
        sentence("Browser"),
        sentence("Visits"),
        "who",
    ),
    Sheet("systems", sentence("Operating systems"), "", sentence("System"), sentence("Visits"), "who"),
    Sheet(
        "again",
        sentence("New and returning"),
        "",
        sentence("Visitors"),
        sentence("Visits"),
        "who",
        says=labels.again,
        complete=True,
        told=sentence(
            "Only a browser that said yes to measuring remembers that it was here, and in which month. Nobody"
            " else is known again on another day."
        ),
    ),
    Sheet(
        "hours",
        sentence("Hours of the day"),
        "",
        sentence("Hour"),
        sentence("Pages read"),
        "when",
        says=labels.hour,
        complete=True,
    ),
)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
