"""The pages inside a copy. They open offline, in any browser, and cannot be made to run or fetch anything."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kept.core.policy.model import Policy
from kept.rights.access.language_shown import language_shown
from kept.rights.access.person_timeline import Day
from kept.rights.access.records import Fact, Group
from kept.sentences import day as written

_MARKUP = re.compile("[&<>\"']")
STYLE = Path(__file__).with_name("copy.css")


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and the hash by which the page's own policy lets it in."""
    text = STYLE.read_text(encoding="utf-8")
    return text, base64.b64encode(sha256(text.encode()).digest()).decode()


def page(title: str, body: Iterable[str], *, company: str) -> bytes:
    """One page.

    The policy in its head forbids everything but its own style: no script, no picture, no form, no address to
    load from.
    """
    style, digest = _style()
    head = (
        f'<!doctype html>\n<html lang="{language_shown()}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src'
        f" 'sha256-{digest}'; form-action 'none'; base-uri 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme"'
        ' content="light dark">\n'
        f"<title>{escape(title)} – {escape(company)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n"
    )
    return (head + "".join(body) + "</main>\n</body>\n</html>\n").encode()


def table(policy: Policy, group: Group) -> bytes:
    """One table of the person's data, record by record."""
    return page(str(group.title), _records(policy, group), company=policy.company.name)


def _records(policy: Policy, group: Group) -> Iterable[str]:
    yield f'<p><a href="../index.html">{escape(_("Back to the overview"))}</a></p>\n'
    fields: dict[str, tuple[str, str]] = {}
    origins: dict[object, str] = {}
    for record in group.records:
        yield f"<section>\n<h2>{escape(str(record.label or record.id))}</h2>\n<dl>\n"
        for fact in record.facts:
            known = fields.get(fact.field_id)
            if known is None:
                known = fields[fact.field_id] = escape(str(fact.name)), _why(policy, fact)
            came = (fact.day, fact.source, fact.policy)
            origin = origins.get(came)
            if origin is None:
                origin = origins[came] = f" {escape(_origin(fact))}" if fact.day else ""
            shown = fact.shown
            # Most values hold nothing that could be markup: one look is cheaper than five replacements.
            value = escape(shown) if _MARKUP.search(shown) else shown
            yield f"<div><dt>{known[0]}</dt><dd>{value}<small>{known[1]}{origin}</small></dd></div>\n"
        yield "</dl>\n</section>\n"


def _origin(fact: Fact) -> str:
    return _("From {source}, {day}, under version {version} of the policy.").format(
        source=fact.origin, day=fact.day, version=fact.policy
    )


def _why(policy: Policy, fact: Fact) -> str:
    titles = ", ".join(str(policy.purposes[id].title) for id in fact.purposes)
    said = (
        _("{kind}. Held for: {purposes}.") if titles else _("{kind}. Held for: the record itself.")
    ).format(kind=fact.kind, purposes=titles)
    return escape(said)


def index(
    policy: Policy,
    *,
    made: datetime,
    tables: Sequence[tuple[str, str, int]],
    inventory: dict[str, Any],
    days: Sequence[Day],
    files: Sequence[str],
) -> bytes:
    """The first page: what is in the copy, what is not and why, and what happened."""
    return page(
        _("Your data"), _overview(policy, made, tables, inventory, days, files), company=policy.company.name
    )


def _overview(
    policy: Policy,
    made: datetime,
    tables: Sequence[tuple[str, str, int]],
    inventory: dict[str, Any],
    days: Sequence[Day],
    files: Sequence[str],
) -> Iterable[str]:
    copied = _("A copy of what {company} knows of you, made on {day} at {clock}.").format(
        company=policy.company.name, day=written(made.date()), clock=f"{made:%H:%M}"
    )
    yield f"<p>{escape(copied)}</p>\n<section>\n<h2>{escape(_('What is in it'))}</h2>\n<ul>\n"
    for title, name, count in tables:
        records = ngettext("{n} record", "{n} records", count).format(n=count)
        yield f'<li><a href="pages/{name}.html">{escape(str(title))}</a>, {escape(records)}'
        yield f' (<a href="data/{name}.json">JSON</a>, <a href="data/{name}.csv">CSV</a>)</li>\n'
    for name in files:
        sent = _("A file you sent: {name}").format(name=name.rpartition("/")[2])
        yield f'<li><a href="{name}">{escape(sent)}</a></li>\n'
    yield from _left_out(inventory)
    yield from _happened(days)
    yield from _check()


def _left_out(inventory: dict[str, Any]) -> Iterable[str]:
    yield f"</ul>\n</section>\n<section>\n<h2>{escape(_('What is not in it, and why'))}</h2>\n<dl>\n"
    for row in inventory["not_included"]:
        yield f"<div><dt>{escape(row['title'])}</dt><dd>{escape(row['why'])}</dd></div>\n"
    whole = escape(_("The whole inventory, column by column, is in {file}.")).format(
        file='<a href="inventory.json">inventory.json</a>'
    )
    yield f"</dl>\n<p>{escape(inventory['other_people'])} {whole}</p>\n</section>\n"


def _happened(days: Sequence[Day]) -> Iterable[str]:
    yield f"<section>\n<h2>{escape(_('What happened to your data'))}</h2>\n"
    for day in days:
        yield f"<h3>{written(day.day)}</h3>\n<ul>\n"
        for line in day.lines:
            yield (
                f"<li><b>{line.at:%H:%M}</b>"
                f" {escape(line.sentence)}<small>{escape(' '.join(line.explanation))}</small></li>\n"
            )
        yield "</ul>\n"
    yield "</section>\n"


def _check() -> Iterable[str]:
    yield f"<section>\n<h2>{escape(_('Check it without us'))}</h2>\n<p>"
    yield escape(_("manifest.json names every file with its SHA-256; manifest.note signs it."))
    yield " "
    yield escape(
        _("ledger.json proves that each entry above stands in our ledger, and shows nothing of anybody else.")
    )
    yield f" {escape(_('Run: {command}').format(command='kept verify copy.zip'))}</p>\n</section>\n"
