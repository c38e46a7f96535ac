"""The centre names no touchpoint: what one adds (tables, addresses, cookies, settings, jobs), it declares
itself, in its own folder.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from kept.core.policy.model import SERVICES
from kept.core.register.declarations import DECLARED
from kept.core.register.hooks.jobs import JOBS
from kept.testing import default_policy
from tests.guards.tree import ROOT, named

KEPT = ROOT / "kept"
LEFT: dict[str, str] = {}
"""What still stands in the centre, by file and word, with the reason. It only ever gets shorter."""
_TAG = re.compile(r"\{[%{].*?[%}]\}|=\"[^\"]*\"")
_TYPED = re.compile(r"(?<=.)[/._:#?=&-](?=.)|^[/#]")
"""What no sentence has in the middle of a word: an address, a dotted name, a name with a hyphen."""


@dataclass(frozen=True)
class Words:
    """What only a touchpoint says.

    ``labels`` count in any part of a name; ``exact`` as the whole of one; ``addresses`` anywhere.
    """

    labels: frozenset[str]
    exact: frozenset[str]
    addresses: tuple[str, ...]

    def in_text(self, text: str) -> Iterator[str]:
        """Those that stand in a string: a name, an address, or a sentence that holds one."""
        tokens = text.split()
        yield from (address for address in self.addresses if address in f"/{text.lstrip('/')}")
        for token in tokens:
            # A service of the closed list of P15 is the policy's own word.
            if token in SERVICES:
                continue
            if len(tokens) == 1 or _TYPED.search(token.strip(".,:;!?")):
                yield from self.in_name(token)
        yield from {text.strip(), *re.split(r"__|[:/|@]", text.strip())} & self.exact

    def in_name(self, name: str) -> Iterator[str]:
        yield from self.labels & set(re.split(r"[^a-z]+", name.casefold()))


def _patterns(resolver: URLResolver) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield str(one.pattern), one
        else:
            yield from _patterns(one)


@cache
def words() -> Words:
    """Read from what the touchpoints registered when the program started; none is written here."""
    configs = [config for config in apps.get_app_configs() if config.name.startswith("kept.touchpoints.")]
    # A touchpoint may be called as a role is: that is the policy's own word.
    labels = {config.label for config in configs} - set(default_policy().company.roles)
    models: list[Any] = [model for config in configs for model in config.get_models()]
    exact = {model._meta.object_name for model in models} | {model._meta.db_table for model in models}
    for model in models:
        exact |= {field.field_id for field in getattr(model, "sealed_fields", list)()}
        exact |= {
            field.remote_field.related_name
            for field in model._meta.fields
            if field.remote_field and field.remote_field.related_name
        }
    routes = [
        (route, one)
        for route, one in _patterns(get_resolver())
        if one.callback.__module__.startswith("kept.touchpoints.")
    ]
    exact |= {one.name for _, one in routes if one.name}
    exact |= {one.name for one in DECLARED.cookies if one.place.startswith("touchpoints/")}
    exact |= {one.id for one in DECLARED.files if one.place.startswith("touchpoints/")}
    exact |= {job.name for job in JOBS.values() if job.run.__module__.startswith("kept.touchpoints.")}
    # A purpose is the policy's own word: many rooms serve the same one. And a column of the centre may be
    # called as a relation is.
    exact -= set(default_policy().purposes)
    theirs = [
        one for config in apps.get_app_configs() if config not in configs for one in config.get_models()
    ]
    exact -= {field.name for one in theirs for field in one._meta.fields}
    exact -= {one._meta.object_name for one in theirs} | {"+"}
    exact -= {
        relation.related_name
        for one in theirs
        for relation in one._meta.related_objects
        if relation.related_model in theirs
    }
    addresses = {f"/{route.partition('<')[0]}" for route, _ in routes}
    return Words(frozenset(labels), frozenset(exact), tuple(sorted(addresses)))


def in_python(tree: ast.Module, about: Words) -> Iterator[str]:
    """Imports, strings that are no docstrings, and names of things."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield from about.in_text(node.value)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            yield from (name for name in names if name.startswith("kept.touchpoints"))
        elif isinstance(node, ast.Attribute | ast.Name | ast.FunctionDef | ast.ClassDef | ast.keyword):
            name = (
                getattr(node, "attr", "")
                or getattr(node, "id", "")
                or getattr(node, "name", "")
                or getattr(node, "arg", "")
                or ""
            )
            yield from about.in_name(name)


def in_template(text: str, about: Words) -> Iterator[str]:
    """Tags, variables and the values of attributes; what people read is not looked at."""
    for tag in _TAG.findall(text):
        for token in re.findall(r"[\w./#?=&%<>-]+", tag):
            yield from about.in_text(token)


def centre() -> Iterator[Path]:
    for path in sorted(KEPT.rglob("*")):
        if path.suffix in {".py", ".html", ".txt", ".js"} and not {
            "tests",
            "touchpoints",
            # A touchpoint's own engine: nobody else may import it, and it imports no room (pyproject.toml).
            "visits_log",
            "migrations",
        } & set(path.relative_to(KEPT).parts):
            yield path


def breaches(path: Path, text: str) -> set[str]:
    if path == KEPT / "settings.py":
        for app in settings.INSTALLED_APPS:
            text = text.replace(f'\n    "{app}",\n', "\n", 1)
    return set(in_python(ast.parse(text), words()) if path.suffix == ".py" else in_template(text, words()))


@cache
def standing() -> frozenset[str]:
    return frozenset(
        f"{named(path)}: {word}"
        for path in centre()
        for word in breaches(path, path.read_text(encoding="utf-8"))
    )


def test_the_centre_names_no_touchpoint() -> None:
    assert sorted(standing() - set(LEFT)) == [], "let the touchpoint declare it: see docs/touchpoints.md"


def test_what_is_left_is_still_there() -> None:
    assert sorted(set(LEFT) - standing()) == [], "it has moved: take it off the list"


@pytest.mark.parametrize(
    ("file", "planted", "word"),
    [
        ("rights/access/records.py", 'NEAR = ("people", "registrations")', "registrations"),
        ("operations/backups/make.py", 'PLACE = "visits/days"', "visits"),
        ("operations/backups/make.py", "ROOT = settings.KEPT_VISITS", "visits"),
        ("environment.py", 'NAME = "KEPT_VISITS"', "visits"),
        ("portal/context.py", 'CELL = Cell("Visits", "Counted")', "visits"),
        ("portal/navigation.py", 'HERE = "/privacy/visits/"', "/privacy/visits/"),
        ("portal/views.py", 'LINKS = {"register": "/me/products/register/"}', "/me/products/register/"),
        ("portal/views.py", "def f(n):\n    return f'/me/products/{n}/'", "/me/products/"),
        ("desk/views.py", 'WHERE = reverse("desk-registration")', "desk-registration"),
        ("desk/views.py", "from kept.touchpoints.visits import places", "kept.touchpoints.visits"),
        ("desk/views.py", 'import_module("kept.touchpoints.visits")', "visits"),
        ("desk/views.py", 'Claim = apps.get_model("registrations.Claim")', "registrations"),
        ("desk/views.py", 'NAME = "Claim"', "Claim"),
        ("desk/views.py", 'FIELD = "claim.serial"', "claim.serial"),
        ("desk/views.py", "ROWS = person.registrations.all()", "registrations"),
        ("desk/views.py", 'SQL = "SELECT id FROM registrations_claim"', "registrations"),
        ("portal/visitors/device_consent.py", 'COOKIE = "kept_seen"', "kept_seen"),
        ("core/vault/sealed_files/files.py", 'KIND = "proof-of-purchase"', "proof-of-purchase"),
        ("operations/worker.py", 'FIRST = "visits.pack"', "visits"),
        ("settings.py", 'LAST = "kept.touchpoints.visits"', "visits"),
        ("rights/me.html", "{% url 'my-products' as products %}", "my-products"),
        ("rights/me.html", '{% url "visits-left" %}', "visits-left"),
        ("rights/me.html", '<a href="/me/products/">Yours</a>', "/me/products/"),
        ("rights/me.html", '{% include "visits/report.html" %}', "visits"),
        ("rights/me.html", "<p>Nobody's visits are told apart, and registrations are safe.</p>", ""),
        ("rights/access/records.py", 'SAID = "A letter, a call, or visits of registrations."', ""),
        ("rights/access/records.py", 'PURPOSE = "registration"', ""),
        ("rights/access/records.py", '"""Reads no registrations."""', ""),
    ],
)
def test_a_planted_word_is_seen(file: str, planted: str, word: str) -> None:
    found = breaches(KEPT / "planted" / file, planted)
    assert (word in found) if word else not found, found


def test_the_line_of_settings_counts_once() -> None:
    path, text = KEPT / "settings.py", (KEPT / "settings.py").read_text(encoding="utf-8")
    assert breaches(path, text) == set()
    assert breaches(
        path, text.replace('"kept.portal",', '"kept.portal",\n    "kept.touchpoints.visits",')
    ) == {"visits"}
