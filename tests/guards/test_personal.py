"""Whatever asks, shows, opens or marks in the code speaks the policy's language: no purpose, category or
cookie of its own making.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.forms import BaseForm

from kept.core.policy.loader import load
from kept.core.policy.model import Policy
from kept.core.register.declarations import DECLARED
from kept.core.register.inventory import field_categories
from tests.guards.tree import ROOT, calls, named, parsed, sources

PROGRAM = [path for path in sources() if "tests" not in path.parts]
WHY = re.compile(r"""\{%\s*why\s+["']([^"']+)["']\s+purpose=["']([^"']+)["']""")


@pytest.fixture(scope="module")
def folder() -> Policy:
    return load(settings.KEPT_POLICY)


def allowed(policy: Policy, asked: str, purpose: str) -> bool:
    """Whether a purpose may use a field or category, by the policy."""
    category = field_categories().get(asked, asked)
    return purpose in policy.purposes and category in policy.purposes[purpose].uses


def forms(kind: type = BaseForm) -> Iterator[type]:
    for form in kind.__subclasses__():
        yield form
        yield from forms(form)


def first_words(path: Path, function: str) -> Iterator[tuple[str, str]]:
    """(place, literal first argument) of each call; a name is looked up among the constants of the same
    file.
    """
    constants = {
        target.id: node.value.value
        for node in parsed(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in calls(path, function):
        word = call.args[0] if call.args else None
        value = word.value if isinstance(word, ast.Constant) else constants.get(getattr(word, "id", ""))
        if isinstance(value, str):
            yield f"{named(path)}:{call.lineno}", value


def test_every_purpose_opened_in_code_is_the_policy_s(folder: Policy) -> None:
    opened = [found for path in PROGRAM for found in first_words(path, "purpose")]
    assert opened
    assert [f"{place} opens {purpose}" for place, purpose in opened if purpose not in folder.purposes] == []


def test_every_form_field_that_asks_something_names_what_and_why(folder: Policy) -> None:
    for path in PROGRAM:
        if path.stem in {"forms", "factor_forms", "signup", "views"}:
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    asking = [
        (form, name, *asked)
        for form in forms()
        for name, asked in getattr(form, "personal", {}).items()
        if form.__module__.startswith("kept.")
    ]
    assert asking
    assert [
        f"{form.__name__}.{name}: {asked} for {purpose}"
        for form, name, asked, purpose in asking
        if not allowed(folder, asked, purpose)
    ] == []


def test_every_why_mark_can_be_answered(folder: Policy) -> None:
    marks = [
        (path, *found)
        for path in (ROOT / "kept").rglob("*.html")
        for found in WHY.findall(path.read_text("utf-8"))
    ]
    assert marks
    assert [
        f"{named(path)}: {asked} for {purpose}"
        for path, asked, purpose in marks
        if not allowed(folder, asked, purpose)
    ] == []


# The jar puts what it is given, and the proof tries every name there is: the guard over answers knows the
# names of both.
ANY_NAME = {"kept/rights/cookies/set_cookies.py", "kept/operations/proofs.py"}


def test_every_cookie_set_in_code_is_declared() -> None:
    declared = {cookie.name for cookie in DECLARED.cookies}
    for path in (path for path in PROGRAM if named(path) not in ANY_NAME):
        for function in ("set_cookie", "set_signed_cookie"):
            assert len(list(calls(path, function))) == len(list(first_words(path, function))), (
                f"{named(path)} sets a cookie whose name is not written there."
            )
            assert [
                f"{place} sets {name}" for place, name in first_words(path, function) if name not in declared
            ] == []
