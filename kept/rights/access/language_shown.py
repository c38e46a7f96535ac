"""In which language somebody sees a page: what they were shown when they said yes is kept with it."""

from __future__ import annotations

from django.utils.translation import get_language

from kept.dates import LANGUAGES


def language_shown() -> str:
    """The language this page is written in: one of those the portal speaks."""
    return written_in(get_language() or "")


def written_in(language: str) -> str:
    """What somebody of this language is written in: the first of ours, where the portal does not speak it."""
    code = language.partition("-")[0]
    return code if code in LANGUAGES else LANGUAGES[0]
