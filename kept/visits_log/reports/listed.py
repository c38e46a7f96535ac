"""Which reports there are, in the order of a page: what each is called, and what its columns say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """``dimension``: its rows in the months' sums.

    ``free``: keys are texts of others', and are listed only where ten or more wrote them.
    """

    title: str
    columns: tuple[str, ...]
    dimension: str
    free: bool = False


BY_VIEWS = frozenset({"page", "download", "search", "not-found", "hour", "left"})
"""Dimensions that count how often; the others count visits."""

REPORTS: dict[str, Listed] = {
    "totals": Listed("Totals", ("What", "How many"), "total"),
    "pages": Listed("Popular pages", ("Page", "Times read"), "page"),
    "ways": Listed("Ways through the site", ("From", "To", "Visits"), "way", free=True),
    "time": Listed("Time on page", ("Page", "Times read", "Minutes"), "page", free=True),
    "entries": Listed("Where visits began", ("Page", "Visits"), "entry"),
    "exits": Listed("Where visits ended", ("Page", "Visits"), "exit"),
    "left": Listed("Links to other sites", ("Site", "Times followed"), "left", free=True),
    "referrers": Listed("Where visits came from", ("Site", "Visits"), "referrer", free=True),
    "sources": Listed("Campaigns: source", ("Source", "Visits"), "source", free=True),
    "mediums": Listed("Campaigns: medium", ("Medium", "Visits"), "medium", free=True),
    "campaigns": Listed("Campaigns", ("Campaign", "Visits"), "campaign", free=True),
    "downloads": Listed("Downloads", ("File", "Times fetched"), "download"),
    "searches": Listed("Searches", ("Words", "Times searched"), "search", free=True),
    "not-found": Listed("Pages not found", ("Address", "Times asked for"), "not-found", free=True),
    "countries": Listed("Countries", ("Country", "Visits"), "country"),
    "providers": Listed("Internet providers", ("Provider", "Visits"), "provider"),
    "browsers": Listed("Browsers", ("Browser", "Visits"), "browser"),
    "systems": Listed("Operating systems", ("System", "Visits"), "system"),
    "languages": Listed("Languages", ("Language", "Visits"), "language"),
    "again": Listed("First visit or again", ("", "Visits"), "again"),
    "hours": Listed("Hours of the day", ("Hour", "Times read"), "hour"),
}
