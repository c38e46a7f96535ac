"""The way to one's own disclosures, from *Your data*."""

from __future__ import annotations

from kept.portal.navigation import AT_ME, offer
from kept.sentences import sentence

offer(
    AT_ME,
    sentence("Which company got what"),
    url="my-disclosures",
    term=sentence("Given"),
    note=sentence("Field by field, by name, with the day and the reason"),
)
