"""Gives Django a template in the reader's language: translated before it is compiled, once a language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.template import Origin
from django.template.loaders import app_directories, cached
from django.utils.translation import get_language, gettext, pgettext

from kept.portal.languages.template_source import Translate, translated

SOURCE = "en"
_OURS = str(Path(__file__).parents[2])


class Loader(app_directories.Loader):
    """The templates of the installed rooms, ours in the active language; those of libraries as they are."""

    def get_contents(self, origin: Origin) -> str:
        source: str = super().get_contents(origin)
        language = get_language() or SOURCE
        if language == SOURCE or not str(origin.name).startswith(_OURS):
            return source
        return translated(source, str(origin.name), _translator(str(origin.template_name), language))


class CachedLoader(cached.Loader):
    """Django's own, which keeps what was compiled, for each language apart."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        return f"{get_language()} {super().cache_key(template_name, skip)}"


@cache
def _translator(template: str, language: str) -> Translate:
    """``language`` is the active one: what is compiled for it is kept for it."""

    def say(message: str) -> str | None:
        """As this very template says it, else as everybody does, else not at all."""
        for other in (pgettext(template, message), gettext(message)):
            if other != message:
                return str(other)
        return None

    return say
