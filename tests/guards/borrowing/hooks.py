"""Ways to what was borrowed."""

from __future__ import annotations

from kept.portal.navigation import AT_HOME, AT_ME, AT_PRODUCT, bar_entry, foot_entry, offer

bar_entry("Borrowing", "/borrowing/", order=50)
foot_entry("Lent today", "Machines at work elsewhere", url="borrowing")
for place in (AT_HOME, AT_PRODUCT, AT_ME):
    offer(place, "Borrow a machine", url="borrowing", term="Borrow")
