"""Which names a place has, and what reading them costs."""

from __future__ import annotations

from babel import localedata

from kept.portal.regions import places


def test_a_country_s_own_names_leave_no_language_behind() -> None:
    """A megabyte each, in every process, for one word."""
    places.own_names.cache_clear()
    before = set(localedata._cache)
    assert places.own_names("BG") == (("bg", "България"),) and len(places.own_names("CH")) >= 3
    assert set(localedata._cache) == before
