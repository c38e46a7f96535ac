"""Ways to the basket from other pages, and the files that an import takes."""

from __future__ import annotations

from kept.portal.navigation import AT_HOME, AT_ME, offer
from kept.sentences import sentence
from kept.touchpoints.orders.basket import views
from kept.touchpoints.orders.prices import price_files

__all__ = ["price_files", "views"]

offer(AT_HOME, sentence("Your basket"), url="basket")
offer(
    AT_ME,
    sentence("Your basket"),
    url="basket",
    term=sentence("Buy"),
    note=sentence("What you put there, for 30 days"),
)
