"""Which links of our templates could lead off the site without saying so.

Read by the proof of P31 and by a guard of the build.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

_HREF = re.compile(
    r"""<a\b[^>]*?\bhref\s*=\s*(?P<quote>["'])(?P<value>.*?)(?P=quote)""", re.DOTALL | re.IGNORECASE
)
_VARIABLE = re.compile(r"{{\s*([\w.]+)[^}]*}}")
_NAMED_HERE = re.compile(r"{%\s*url\s[^%]*\bas\s+(\w+)\s*%}")
_OFF = re.compile(r"\s*(https?:|//|\\)", re.IGNORECASE)

# What a template may lead to by a variable: places of this site, each made by its view. Everything else goes
# through {% outward %}.
OWN_NAMES = (
    "address",
    "address2",
    "query",
    "get_absolute_url",
    "clause_url",
    "signup_url",
    "signup_by_passkey_url",
    "login_url",
    "cancel_url",
    "id",
)
OWN = frozenset(
    {
        "ask",
        "asking",
        "back",
        "cancel",
        "data",
        "earlier",
        "later",
        "leave",
        "lift",
        "more",
        "portal.about_cookies",
        "portal.demo_mail",
        "read",
        "reason.url",
        "way.url",
        "whole_month",
    }
)


def bare(source: str) -> list[str]:
    """The links of one template that lead elsewhere, or may, and are not marked."""
    here = set(_NAMED_HERE.findall(source))
    return [found["value"] for found in _HREF.finditer(source) if _may_leave(found["value"], here)]


def _may_leave(value: str, here: set[str]) -> bool:
    if _OFF.match(value):
        return True
    begins = _VARIABLE.match(value)
    if begins is None:
        return False
    name = begins[1]
    return not (name in OWN or name in here or name.split(".")[-1].endswith(OWN_NAMES))


def in_templates() -> dict[str, list[str]]:
    """The bare links of every template of ours, by its place.

    Templates of libraries are replaced by ours wherever they are shown.
    """
    folders = [Path(app.path) / "templates" for app in apps.get_app_configs() if app.name.startswith("kept.")]
    files = sorted(file for folder in folders if folder.is_dir() for file in folder.rglob("*.html"))
    found = {str(file.relative_to(file.parents[2])): bare(file.read_text(encoding="utf-8")) for file in files}
    return {place: links for place, links in found.items() if links}
