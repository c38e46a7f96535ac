"""A verb that nobody can call is found; whatever reaches one by a page, a job, a template, a declaration or
another verb is not.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kept.core.register.checking import check_verbs
from kept.core.register.checking.check_verbs import KEPT, findings, unreached

MODELS = """
class Post(models.Model):
    def leave(self): self.until = now()
    def _private(self): ...
    def save(self): ...
    @property
    def open(self): return True

class Roll(models.Manager):
    def take_in(self): return self.create()
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A program with one room, whose manager's verb a view calls; and nobody lets anybody go."""
    for name, text in {
        "staff/models.py": MODELS,
        "staff/views.py": "from kept.staff.models import Post\ndef view(): Post.objects.take_in()\n",
        "staff/tests/test_it.py": "from kept.staff.models import Post\nPost().leave()\n",
        "staff/demo.py": "from kept.staff.models import Post\nPost().leave()\n",
        "other/views.py": "def view(member): member.leave()\n",
    }.items():
        plant(tmp_path, name, text)
    return tmp_path


def plant(tree: Path, name: str, text: str) -> None:
    file = tree / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def said(tree: Path) -> list[str]:
    return [verb.said for verb in unreached(tree)]


def test_a_verb_that_tests_the_demo_and_strangers_alone_call_is_found(tree: Path) -> None:
    assert said(tree) == ["Post.leave"]
    (finding,) = findings(tree)
    assert (
        finding.id == "kept.E024"
        and "Post.leave is a verb nobody can call" in str(finding)
        and "staff/models.py:3" in str(finding)
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("desk/views.py", "from kept.staff.models import Post\ndef view(post): post.leave()\n"),
        ("desk/jobs.py", "import kept.staff.models\nrun = kept.staff.models.Post.leave\n"),
        ("staff/personal.py", 'register.erases(Post, "leave")\n'),
        ("staff/templates/staff/post.html", "{% if post.leave %}x{% endif %}"),
        ("staff/models.py", MODELS.replace("return self.create()", "self.get().leave()")),
    ],
)
def test_a_way_in_is_seen(tree: Path, name: str, text: str) -> None:
    plant(tree, name, text)
    assert said(tree) == []


def test_a_verb_that_only_an_unreached_verb_calls_is_unreached_too(tree: Path) -> None:
    plant(
        tree,
        "staff/models.py",
        MODELS + "\nclass House(models.Model):\n    def close(self): self.post.leave()\n",
    )
    assert said(tree) == ["Post.leave", "House.close"]


def test_an_exception_is_named_with_who_calls_it(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_verbs, "EXCEPTIONS", {"Post.leave": "the payroll calls it"})
    assert said(tree) == []


def test_every_verb_of_this_program_has_a_way_in() -> None:
    assert said(KEPT) == []
    assert len(check_verbs.EXCEPTIONS) <= 3
