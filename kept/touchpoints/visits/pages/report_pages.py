"""The reports of the dashboard, in the order they stand there: title, heading of each column, and what to say
about it.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    key: str
    measure: str
    group: str
    says: labels.Says = labels.plain
    key2: str = ""
    linked: bool = False
    timed: bool = False
    effect: bool = False
    told: str = ""
    counted: str = ""
    complete: bool = False
    empty: str = "Nothing in these days."

    @property
    def report(self) -> str:
        """The report's own name."""
        return self.counted or self.name

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
    Group("reading", "What is read", "And where people go from there"),
    Group("coming", "Where they come from", "What our communication and advertising bring"),
    Group("using", "What they looked for", "Downloads, searches, and what was not there"),
    Group("who", "Who they are", "All visitors as a whole, never one"),
    Group("when", "When", "By the clock of this site"),
)

SHEETS = (
    Sheet("pages", "Pages", "Most read first", "Page", "Times read", "reading", linked=True, timed=True),
    Sheet(
        "ways",
        "Ways through the site",
        "From one page to the next",
        "From",
        "Visits",
        "reading",
        key2="To",
        linked=True,
    ),
    Sheet(
        "entries",
        "First pages",
        "Where a visit begins",
        "Page",
        "Visits",
        "reading",
        says=labels.page,
        linked=True,
    ),
    Sheet(
        "exits",
        "Last pages",
        "Where a visit ends",
        "Page",
        "Visits",
        "reading",
        says=labels.page,
        linked=True,
    ),
    Sheet(
        "exit-links",
        "Links followed away",
        "To other sites",
        "Site",
        "Times followed",
        "reading",
        told=(
            "A link away is counted by a small script. Who reads without scripts follows links that nobody"
            " counts."
        ),
        counted="left",
    ),
    Sheet(
        "referrers",
        "Referring sites",
        "The site a link stood on, never the page",
        "Site",
        "Visits",
        "coming",
        says=labels.referrer,
    ),
    Sheet(
        "campaigns",
        "Campaigns",
        "By the tag of a link we published",
        "Campaign",
        "Visits",
        "coming",
        says=labels.tagged,
        effect=True,
    ),
    Sheet(
        "mediums",
        "Advertising and other mediums",
        "By the kind of link",
        "Medium",
        "Visits",
        "coming",
        says=labels.tagged,
        effect=True,
    ),
    Sheet(
        "sources",
        "Tagged sources",
        "By where the link was published",
        "Source",
        "Visits",
        "coming",
        says=labels.tagged,
        effect=True,
    ),
    Sheet("downloads", "Downloads", "Files taken", "File", "Times taken", "using"),
    Sheet(
        "searches",
        "Searches",
        "Words typed into our search",
        "Words",
        "Times searched",
        "using",
        told=(
            "Addresses, numbers and names of machines are taken out of the words before they are written"
            " down."
        ),
    ),
    Sheet(
        "not-found", "Pages not found", "Addresses that led nowhere", "Address", "Times asked for", "using"
    ),
    Sheet("countries", "Countries", "", "Country", "Visits", "who", says=labels.country),
    Sheet("providers", "Internet providers", "", "Provider", "Visits", "who"),
    Sheet(
        "languages",
        "Languages",
        "The first the browser asks for",
        "Language",
        "Visits",
        "who",
        says=labels.language,
    ),
    Sheet("browsers", "Browsers", "The family, never the version", "Browser", "Visits", "who"),
    Sheet("systems", "Operating systems", "", "System", "Visits", "who"),
    Sheet(
        "again",
        "New and returning",
        "",
        "Visitors",
        "Visits",
        "who",
        says=labels.again,
        complete=True,
        told=(
            "Only a browser that said yes to measuring remembers that it was here, and in which month. Nobody"
            " else is known again on another day."
        ),
    ),
    Sheet("hours", "Hours of the day", "", "Hour", "Pages read", "when", says=labels.hour, complete=True),
)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
