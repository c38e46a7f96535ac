"""``kept check``: the two statements compared, what the policy promises and what the program does."""

from __future__ import annotations

import argparse

from django.core import checks

from kept.core.register.checking import check_verbs
from kept.core.register.checking.check import findings
from kept.core.register.checking.findings import Finding, Level
from kept.terminal import report, takes_json

HELP = "Compare the policy with what the program does. One line for each difference."


def arguments(parser: argparse.ArgumentParser) -> None:
    takes_json(parser)


def run(options: argparse.Namespace) -> int:
    # The program's own files do not change while it runs, so these alone are not looked at before each start.
    found = [*_of_the_machine(), *check_verbs.findings(), *findings()]
    wrong = [finding for finding in found if finding.level is not Level.NOTICE]
    end = (
        "Policy and program agree."
        if not wrong
        else f"{len(wrong)} {'thing differs' if len(wrong) == 1 else 'things differ'}."
    )
    data = {
        "findings": [
            {"id": each.id, "level": str(each.level), "message": each.message, "hint": each.hint}
            for each in found
        ]
    }
    return report(options, holds=not wrong, lines=[*map(str, found), end], data=data)


def _of_the_machine() -> list[Finding]:
    """What else stops the start and needs no database: settings, tables of addresses, models."""
    return [
        Finding(str(one.id), one.msg, one.hint or "")
        for one in checks.run_checks(tags=["kept"])
        if one.is_serious(checks.ERROR)
    ]
