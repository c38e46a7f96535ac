"""A form that edits what stands compares what comes back with what it showed: a new one that does not fails
here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.forms import BaseForm
from django.urls import get_resolver

from kept.people.stale import ComparesWithShown
from tests.guards.tree import ROOT

EDITS_NOTHING = {
    "AnswerForm": "An answer is written once: a second one is refused.",
    "AskForm": "A question is new each time; what is filled in from the profile changes nothing there.",
    "ByHandForm": "A check is done once: a second one is refused.",
    "ClaimForm": "A proof is sent anew; what is chosen first is a default.",
    "FindForm": "It looks something up.",
    "FollowForm": "It looks something up.",
    "InvitationForm": "An invitation is new each time; what is chosen first is a default.",
    "LimitsForm": "What is ticked first is a proposal, read from what was asked.",
    "MachineForm": "A registration is new each time; what is filled in stands on her device alone.",
    "MergeForm": "It looks another case up; what is filled in is what a mail named.",
    "NotedForm": "A call is noted once: a second time is refused.",
    "PeopleForm": "A letter is written once, from a draft; a second one is refused.",
    "RequestForm": "A request is new each time; what is filled in from the profile changes nothing there.",
    "SortingForm": "A mail is sorted once: a second time is refused.",
    "StatusForm": "It looks something up.",
    "TakeOverForm": "A machine is taken over once; what is chosen first is a default.",
}
"""Forms that are opened with something filled in, and put nothing in the place of something that stands."""


def sources() -> Iterator[Path]:
    for path in sorted((ROOT / "kept").rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield path


def filled_in(tree: ast.AST) -> Iterator[str]:
    """Names of the form classes that are made with something filled in, in one file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and any(one.arg in {"initial", "instance"} for one in node.keywords):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name.endswith("Form"):
                yield name


def form_classes(kind: type[Any] = BaseForm) -> Iterator[type[Any]]:
    for form in kind.__subclasses__():
        if form.__module__.startswith("kept.") and ".tests." not in form.__module__:
            yield form
        yield from form_classes(form)


def unguarded(text: str) -> list[str]:
    """Forms of a source that edit something and compare nothing."""
    compares = {form.__name__ for form in form_classes() if issubclass(form, ComparesWithShown)}
    return sorted(
        {name for name in filled_in(ast.parse(text)) if name not in compares and name not in EDITS_NOTHING}
    )


def test_every_form_that_edits_what_stands_compares_it() -> None:
    _ = get_resolver().url_patterns
    found = {
        str(path.relative_to(ROOT)): names
        for path in sources()
        if (names := unguarded(path.read_text(encoding="utf-8")))
    }
    assert found == {}, (
        "mix ComparesWithShown in, or say in EDITS_NOTHING why nothing that stands can be put back"
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("form = RoomForm(request.POST, initial={'name': room.name})", ["RoomForm"]),
        ("form = forms.RoomForm(instance=room)", ["RoomForm"]),
        ("form = ProfileForm(request.POST, initial=values)", []),
        ("form = RoomForm(request.POST)", []),
    ],
)
def test_the_guard_sees_one_that_lacks_it(text: str, names: list[str]) -> None:
    _ = get_resolver().url_patterns
    assert unguarded(text) == names


def test_no_form_is_excused_that_nobody_fills_in() -> None:
    used = {name for path in sources() for name in filled_in(ast.parse(path.read_text(encoding="utf-8")))}
    assert sorted(set(EDITS_NOTHING) - used) == []
