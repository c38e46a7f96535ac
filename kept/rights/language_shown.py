"""In which language somebody sees a page: what they were shown when they said yes is kept with it."""

from __future__ import annotations

from django.utils.translation import get_language

from kept.dates import LANGUAGES


def language_shown() -> str:
    """The language this page is written in: one of those the portal speaks."""
    language = (get_language() or LANGUAGES[0]).partition("-")[0]
    return language if language in LANGUAGES else LANGUAGES[0]
