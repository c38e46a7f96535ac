"""What is kept of a visit, column by column, and what is told of it, report by report.

All else is made from this page: the events the collector writes and an import finds, the packed days, the
cells of the months' sums, the reports in SQL, their pages and spreadsheets, how it is counted, *Find me*, and
what the proofs look for. A new column stands here, and where its value is first heard: ``agents.py`` for what
a browser says of itself, ``datagrams.py`` and the touchpoint's ``hooks.py`` for what else a request tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from kept.visits_log import scrub
from kept.visits_log.agents import BROWSERS, OTHER, SYSTEMS
from kept.visits_log.events import KINDS, Kind

Scrub = Callable[[str], str]
Shape = Literal["total", "page", "way", "edge", "visit", "target", "hour"]
"""How a report is counted: in all; by page; from page to page; where visits begin or end; by what a visit
says with its first event; by what an event is about; by the hour.
"""
NUMBER, TEXT = "BIGINT", "VARCHAR"
"""In DuckDB's types. Signed 64 bits: every engine reads those."""


def _(sentence: str) -> str:
    """A sentence for people, in English: ``bin/messages`` finds it here, whoever shows it translates it."""
    return sentence


@dataclass(frozen=True, slots=True)
class Column:
    """``title`` names it inside of a sentence, ``words`` tell what it means.

    ``source``: a field of the ``reading``, of the ``agent``, of what tables say of the ``address``, of the
    ``numbering``, or the ``minute``. ``scrub`` rids a text of what could name somebody, by the kind of event
    where that differs: what a kind does not name stays empty. ``remembered``: how many of our own texts are
    worth keeping scrubbed for the day. ``values`` are all there can be, where they are a closed list.
    """

    name: str
    source: str
    title: str
    words: str
    example: str
    type: str = TEXT
    scrub: Scrub | Mapping[Kind, Scrub] | None = None
    remembered: int = 0
    values: frozenset[str] | re.Pattern[str] | None = None


COLUMNS: tuple[Column, ...] = (
    Column(
        "minute",
        "minute",
        _("the minute"),
        _("The minute of the reading, counted from 1970. Nothing finer."),
        "29927122",
        NUMBER,
    ),
    Column(
        "visitor",
        "numbering.visitor",
        _("a number for the visitor on that day alone"),
        _("A number of that day, drawn anew when the day was packed."),
        "4711",
        NUMBER,
    ),
    Column(
        "visit",
        "numbering.visit",
        _("which visit of the day"),
        _("Which visit of the day. A pause of {pause} minutes ends one."),
        "1",
        NUMBER,
    ),
    Column("seq", "numbering.seq", _("which page of the visit"), _("Which page of the visit."), "2", NUMBER),
    Column(
        "kind",
        "reading.kind",
        _("what kind of reading it was"),
        _("A page, a search, a download, a link away, or a page that is not there."),
        "page",
        values=frozenset(KINDS),
    ),
    Column(
        "path",
        "reading.path",
        _("the page"),
        _("The page, without anything after a question mark."),
        "/products/",
        scrub=scrub.path,
        remembered=512,
    ),
    Column(
        "target",
        "reading.target",
        _("what was taken, followed or searched for"),
        _("The file, the site a link led to, or the words searched for: our own words alone."),
        "",
        scrub={"search": scrub.words, "download": scrub.path, "exit": scrub.host},
    ),
    Column(
        "referrer",
        "reading.referrer",
        _("the site a link stood on"),
        _("The site a link stood on. Not the page."),
        "search.example",
        scrub=scrub.host,
    ),
    Column(
        "source",
        "reading.source",
        _("the source of a campaign"),
        _("The tag of a campaign: where."),
        "",
        scrub=scrub.tag,
    ),
    Column(
        "medium",
        "reading.medium",
        _("the medium of a campaign"),
        _("The tag of a campaign: how."),
        "",
        scrub=scrub.tag,
    ),
    Column(
        "campaign",
        "reading.campaign",
        _("the name of a campaign"),
        _("The tag of a campaign: which."),
        "",
        scrub=scrub.tag,
    ),
    Column(
        "country",
        "address.country",
        _("the country"),
        _("Two letters."),
        "BE",
        values=re.compile("[A-Z]{2}|"),
    ),
    Column(
        "provider",
        "address.provider",
        _("the Internet provider"),
        _("The Internet provider."),
        "Example Telecom",
    ),
    Column(
        "browser",
        "agent.browser",
        _("the family of the browser"),
        _("Its family, without a version."),
        "Firefox",
        values=BROWSERS | {"", OTHER},
    ),
    Column(
        "system",
        "agent.system",
        _("the family of the operating system"),
        _("Its family, without a version."),
        "Windows",
        values=SYSTEMS | {"", OTHER},
    ),
    Column(
        "language",
        "reading.language",
        _("the first language of the browser"),
        _("The first your browser asks for."),
        "nl",
        scrub=scrub.language,
        remembered=128,
        values=re.compile("[a-z]{2,3}|"),
    ),
    Column(
        "again",
        "numbering.again",
        _("whether it is a first visit (told after a yes alone)"),
        _("Whether you were here before: told only after your yes, by a cookie that holds a month."),
        "",
        values=frozenset({"first", "again", ""}),
    ),
)
TYPES = {column.name: column.type for column in COLUMNS}
"""A day's Parquet file, column by column. The day is the folder's name."""
TEXTS = tuple(name for name, type_ in TYPES.items() if type_ == TEXT)
FIELDS = ("day", *TYPES)
"""A line the collector writes."""


def columns_of(source: str) -> dict[str, str]:
    """The columns that come from one source: its field there, by the column's name."""
    return {
        column.name: column.source.partition(".")[2]
        for column in COLUMNS
        if column.source.startswith(f"{source}.")
    }


@dataclass(frozen=True, slots=True)
class Report:
    """``dimension``: its rows in the months' sums; of the shape "visit" the column's name.

    ``key`` heads the first column, ``key2`` the second where there are two, ``measure`` the count; ``line``
    stands under the title, ``told`` is what must be known to read it, ``says`` is who words its keys for
    people. ``group`` is the section of the page; "" is on none. ``address`` is its name there where that is
    another. ``free``: keys are texts of others', and are listed only where ten or more wrote them.
    ``effect``: with it stands how many pages were read; ``complete``: every key there can be is listed;
    ``kind``: the kind of event, of the shape "target".
    """

    name: str
    dimension: str
    shape: Shape
    title: str
    key: str
    measure: str
    group: str = ""
    line: str = ""
    says: str = "plain"
    told: str = ""
    key2: str = ""
    address: str = ""
    kind: str = ""
    free: bool = False
    effect: bool = False
    complete: bool = False
    linked: bool = False
    timed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings, as a command has them."""
        return tuple(
            filter(None, (self.key, self.key2, self.measure, "Minutes" if self.name == "time" else ""))
        )


def _of_visit(name: str, dimension: str, title: str, key: str, group: str, **more: object) -> Report:
    return Report(name, dimension, "visit", title, key, _("Visits"), group, **more)  # type: ignore[arg-type]


_LISTED = (
    Report("totals", "total", "total", "Totals", "What", "How many"),
    Report(
        "pages",
        "page",
        "page",
        _("Pages"),
        _("Page"),
        _("Times read"),
        "reading",
        _("Most read first"),
        linked=True,
        timed=True,
    ),
    Report("time", "page", "page", "Time on page", "Page", "Times read", free=True),
    Report(
        "ways",
        "way",
        "way",
        _("Ways through the site"),
        "From",
        _("Visits"),
        "reading",
        _("From one page to the next"),
        key2="To",
        free=True,
        linked=True,
    ),
    Report(
        "entries",
        "entry",
        "edge",
        _("First pages"),
        _("Page"),
        _("Visits"),
        "reading",
        _("Where a visit begins"),
        says="page",
        linked=True,
    ),
    Report(
        "exits",
        "exit",
        "edge",
        _("Last pages"),
        _("Page"),
        _("Visits"),
        "reading",
        _("Where a visit ends"),
        says="page",
        linked=True,
    ),
    Report(
        "left",
        "left",
        "target",
        _("Links followed away"),
        _("Site"),
        _("Times followed"),
        "reading",
        _("To other sites"),
        told=_(
            "A link away is counted by a small script. Who reads without scripts follows links that nobody"
            " counts."
        ),
        address="exit-links",
        kind="exit",
        free=True,
    ),
    _of_visit(
        "referrers",
        "referrer",
        _("Referring sites"),
        _("Site"),
        "coming",
        line=_("The site a link stood on, never the page"),
        says="referrer",
        free=True,
    ),
    _of_visit(
        "campaigns",
        "campaign",
        _("Campaigns"),
        _("Campaign"),
        "coming",
        line=_("By the tag of a link we published"),
        says="tagged",
        free=True,
        effect=True,
    ),
    _of_visit(
        "mediums",
        "medium",
        _("Advertising and other mediums"),
        _("Medium"),
        "coming",
        line=_("By the kind of link"),
        says="tagged",
        free=True,
        effect=True,
    ),
    _of_visit(
        "sources",
        "source",
        _("Tagged sources"),
        _("Source"),
        "coming",
        line=_("By where the link was published"),
        says="tagged",
        free=True,
        effect=True,
    ),
    Report(
        "downloads",
        "download",
        "target",
        _("Downloads"),
        _("File"),
        _("Times taken"),
        "using",
        _("Files taken"),
        kind="download",
    ),
    Report(
        "searches",
        "search",
        "target",
        _("Searches"),
        _("Words"),
        _("Times searched"),
        "using",
        _("Words typed into our search"),
        told=_(
            "Addresses, numbers and names of machines are taken out of the words before they are written"
            " down."
        ),
        kind="search",
        free=True,
    ),
    Report(
        "not-found",
        "not-found",
        "target",
        _("Pages not found"),
        _("Address"),
        _("Times asked for"),
        "using",
        _("Addresses that led nowhere"),
        kind="not-found",
        free=True,
    ),
    _of_visit("countries", "country", _("Countries"), _("Country"), "who", says="country"),
    _of_visit("providers", "provider", _("Internet providers"), _("Provider"), "who"),
    _of_visit(
        "languages",
        "language",
        _("Languages"),
        _("Language"),
        "who",
        line=_("The first the browser asks for"),
        says="language",
    ),
    _of_visit(
        "browsers",
        "browser",
        _("Browsers"),
        _("Browser"),
        "who",
        line=_("The family, never the version"),
    ),
    _of_visit("systems", "system", _("Operating systems"), _("System"), "who"),
    _of_visit(
        "again",
        "again",
        _("New and returning"),
        _("Visitors"),
        "who",
        says="again",
        complete=True,
        told=_(
            "Only a browser that said yes to measuring remembers that it was here, and in which month. Nobody"
            " else is known again on another day."
        ),
    ),
    Report(
        "hours",
        "hour",
        "hour",
        _("Hours of the day"),
        _("Hour"),
        _("Pages read"),
        "when",
        says="hour",
        complete=True,
    ),
)
REPORTS: dict[str, Report] = {report.name: report for report in _LISTED}
BY_VIEWS = frozenset(one.dimension for one in _LISTED if one.shape in ("page", "target", "hour"))
"""Dimensions that count how often; the others count visits."""
OF_VISITS = tuple(one.dimension for one in _LISTED if one.shape == "visit")
EFFECTS = tuple(one.dimension for one in _LISTED if one.effect)
