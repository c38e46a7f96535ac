"""What an app says of itself is heard when the program starts: no list of apps to forget one in."""

from __future__ import annotations

import sys
from datetime import timedelta
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.core import checks, management

from kept.core.register import declarations
from kept.core.register.apps import SPEAKING
from kept.core.register.checking.checks import TAG, the_two_statements
from kept.core.register.checking.findings import Finding
from kept.core.register.hooks import desk, jobs
from kept.registry import Registry


def test_every_installed_app_of_the_house_has_spoken() -> None:
    there = [
        f"{app.name}.{module}"
        for app in apps.get_app_configs()
        if app.name.startswith("kept.")
        for module in SPEAKING
    ]
    written = [name for name in there if name != "kept.core.register.hooks.jobs" and find_spec(name)]
    assert written
    assert [name for name in written if name not in sys.modules] == []


def test_a_declaration_remembers_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declarations.DECLARED, "cookies", [])
    declarations.cookie("crumb")
    assert declarations.DECLARED.cookies[0].place == "core/register/tests/test_registering.py"


def test_a_job_and_the_desk_are_registered_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "JOBS", Registry("test jobs", "things for a test"))
    monkeypatch.setattr(desk, "QUEUES", Registry("test queues", "things for a test"))
    monkeypatch.setattr(desk, "PANELS", Registry("test panels", "things for a test"))
    monkeypatch.setattr(desk, "FINDERS", Registry("test finders", "things for a test"))
    jobs.job("test.work", every=timedelta(seconds=5))(lambda: 3)
    desk.desk_queue("test.queue", title="Waiting", roles=["support"], url="desk")(lambda reader: 2)
    desk.desk_panel("test.panel", title="Shown", roles=["support"], purposes=["support"], template="x.html")(
        lambda matter, person: {}
    )
    desk.desk_finder("test.finder", title="Found")(lambda text: [text])
    assert (jobs.JOBS["test.work"].every, jobs.JOBS["test.work"].run()) == (timedelta(seconds=5), 3)
    assert [queue.waiting(None) for queue in desk.queues_for("support")] == [2]
    assert desk.queues_for("marketing") == []
    assert [panel.template for panel in desk.panels_for("support", "support")] == ["x.html"]
    assert desk.panels_for("support", "sales") == []
    assert desk.FINDERS["test.finder"].find("1204-88-7") == ["1204-88-7"]


@pytest.mark.parametrize(
    ("id", "shape"), [("kept.E001", checks.Error), ("kept.D001", checks.Warning), ("kept.N001", checks.Info)]
)
def test_findings_become_system_checks(
    db: None, monkeypatch: pytest.MonkeyPatch, id: str, shape: type
) -> None:
    monkeypatch.setattr(
        "kept.core.register.checking.checks.findings", lambda: [Finding(id, "Something differs.", "Mend it.")]
    )
    (message,) = the_two_statements(databases=["default"])
    assert type(message) is shape
    assert (message.id, message.msg, message.hint) == (id, "Something differs.", "Mend it.")


def test_checks_that_touch_no_database_do_not_touch_it() -> None:
    assert the_two_statements(databases=None) == []
    assert TAG in checks.registry.registry.tags_available()


def test_migrate_looks_once_it_has_migrated(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "kept.core.register.management.commands.migrate.findings",
        lambda: [Finding("kept.E001", "A differs.", "Mend it.")],
    )
    with pytest.raises(management.CommandError, match="kept.E001 A differs. Mend it."):
        management.call_command("migrate", verbosity=0, skip_checks=False)


def test_migrate_inside_a_program_leaves_the_looking_to_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "kept.core.register.management.commands.migrate.findings",
        lambda: [Finding("kept.E001", "A differs.", "Mend it.")],
    )
    management.call_command("migrate", verbosity=0)
