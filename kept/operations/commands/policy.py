"""kept policy show | check | diff A B | publish | withdraw N"""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date
from getpass import getuser
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.comparing import agreement
from kept.core.policy.comparing.diff import Change, diff
from kept.core.policy.endings import certificate_endings, endings
from kept.core.policy.loader import PolicyError, load
from kept.core.policy.model import Policy
from kept.promises import flows
from kept.terminal import Stop

HELP = "Show, check, compare and publish the policy."
WORDS = (
    "Mend the words or the tables, or pass --even-if-the-words-disagree, if you read them and they are right."
)
WAY_OUT = "Mend the folder or the program, or pass --even-if-it-stops-the-portal."


def arguments(parser: ArgumentParser) -> None:
    below = parser.add_subparsers(dest="act", metavar="show|check|diff|publish|withdraw", required=True)
    for name, line in (
        ("show", "the version in force"),
        ("check", "the folder that is edited"),
        ("diff", "two versions"),
        ("publish", "sign the folder"),
        ("withdraw", "take an announced version back before its day"),
    ):
        act = below.add_parser(name, help=line)
        act.add_argument("--json", action="store_true", help="say it as JSON")
        if name == "diff":
            act.add_argument("before", help="a version's number, or a folder")
            act.add_argument("after", help="a version's number, or a folder")
        if name == "publish":
            act.add_argument(
                "--effective",
                type=_day,
                metavar="DATE",
                help="the day a widening takes effect, like 2027-01-01",
            )
            act.add_argument(
                "--corrects",
                type=int,
                default=0,
                metavar="N",
                help="the announced version it takes the place of",
            )
            act.add_argument(
                "--even-if-it-stops-the-portal",
                action="store_true",
                help="publish what the program disagrees with",
            )
            act.add_argument(
                "--even-if-the-words-disagree",
                action="store_true",
                help="publish words that no table bears out",
            )
        if name == "withdraw":
            act.add_argument("number", type=int, help="the announced version's number")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a date. Write it like 2027-01-01.") from None


def run(options: Namespace) -> int:
    return {"show": _show, "check": _check, "diff": _diff, "publish": _publish, "withdraw": _withdraw}[
        options.act
    ](options)


def _show(options: Namespace) -> int:
    rows = versions.all_versions()
    if not rows:
        raise Stop("No policy is published yet. Publish the folder with: kept policy publish")
    in_force, standing = versions.current().number, versions.standings()
    if options.json:
        shown = [
            {
                "version": row.number,
                "identity": row.identity,
                "effective": row.effective.isoformat(),
                "languages": list(versions.version(row.number).company.languages),
                "in_force": row.number == in_force,
                "standing": standing[row.number].kind,
            }
            for row in rows
        ]
        print(json.dumps({"in_force": in_force, "versions": shown}, indent=2))
        return 0
    for row in rows:
        print(
            f"version {row.number:<4} from {row.effective}  {row.identity[:16]}  {standing[row.number].words}"
        )
    changes = flows.changes_since_publication(_folder(settings.KEPT_POLICY))
    print(
        f"The folder {settings.KEPT_POLICY} has {len(changes)} unpublished changes."
        if changes
        else "The folder says what is published."
    )
    return 0


def _check(options: Namespace) -> int:
    try:
        policy = load(settings.KEPT_POLICY)
    except PolicyError as wrong:
        print(
            json.dumps({"holds": False, "problems": wrong.problems}, indent=2)
            if options.json
            else "\n".join(wrong.problems)
        )
        return 1
    untrue, notes = agreement.disagreements(policy), _notes(policy)
    if options.json:
        said = {
            "holds": not untrue,
            "identity": policy.identity,
            "languages": list(policy.company.languages),
            "problems": untrue,
            "notes": notes,
        }
        print(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        verb = (
            f"can be read, and {len(untrue)} of its sentences disagree with its tables" if untrue else "holds"
        )
        print("\n".join([*untrue, *notes]) + "\n" * bool(untrue or notes), end="")
        languages = ", ".join(policy.company.languages)
        counts = f"{len(policy.purposes)} purposes, {len(policy.promises)} promises, in {languages}"
        print(f"{settings.KEPT_POLICY} {verb}: {counts}. Identity {policy.identity[:16]}")
    return 1 if untrue else 0


def _notes(draft: Policy) -> list[str]:
    """What a person should read before publishing: weaker words, clauses that stayed while their tables
    moved, dates that come.
    """
    published = flows.published()
    unknown = agreement.unread_languages(draft)
    found = [
        f"text/{one}.md: the words of this language are not known here. Let somebody compare it."
        for one in unknown
    ]
    found += [
        f"recipients.toml: {one.sentence(timezone.localdate())}"
        for one in endings(draft, timezone.localdate())
    ]
    found += [
        f"certificates.toml: {one.sentence(timezone.localdate())}"
        for one in certificate_endings(draft, timezone.localdate())
    ]
    if published and published.identity != draft.identity:
        found += [*agreement.weakened(published, draft), *agreement.to_read_again(published, draft)]
    return found


def _diff(options: Namespace) -> int:
    before, after = _named(options.before), _named(options.after)
    changes = diff(before, after)
    spoken = {
        "disagrees": agreement.disagreements(after),
        "weaker": agreement.weakened(before, after),
        "unchanged": agreement.to_read_again(before, after),
    }
    if options.json:
        words = [
            {"kind": kind, "what": "words", "sentence": one}
            for kind, found in spoken.items()
            for one in found
        ]
        print(json.dumps([*map(_as_json, changes), *words], indent=2))
        return 0
    for change in changes:
        weight = "waits" if change.waits else "material" if change.material else "editorial"
        print(f"{change.kind:<9} {weight:<9} {change.sentence}")
    for kind, found in spoken.items():
        for one in found:
            print(f"{kind:<9} {'words':<9} {one}")
    if not changes:
        print("They say the same.")
    return 0


def _publish(options: Namespace) -> int:
    draft = _folder(settings.KEPT_POLICY)
    stopping = [] if options.even_if_it_stops_the_portal else flows.would_stop(draft)
    if stopping:
        raise Stop(
            "\n".join(
                [
                    "Not published: the portal would not start again under this version.",
                    *map(str, stopping),
                    WAY_OUT,
                ]
            ),
            code=1,
        )
    untrue, notes = agreement.disagreements(draft), _notes(draft)
    if untrue and not options.even_if_the_words_disagree:
        raise Stop(
            "\n".join(["Not published: its words say what its tables do not.", *untrue, WORDS]), code=1
        )
    try:
        row = flows.publish(draft=draft, effective=options.effective, by=getuser(), corrects=options.corrects)
    except flows.CannotPublish as wrong:
        raise Stop(str(wrong), code=1) from None
    if options.json:
        print(
            json.dumps(
                {
                    "version": row.number,
                    "identity": row.identity,
                    "effective": row.effective.isoformat(),
                    "notes": [*untrue, *notes],
                },
                indent=2,
            )
        )
    else:
        print("\n".join([*untrue, *notes]) + "\n" * bool(untrue or notes), end="")
        print(
            f"Version {row.number} is published and signed. What it narrows holds now; it takes effect whole"
            f" on {row.effective}."
        )
    return 0


def _withdraw(options: Namespace) -> int:
    try:
        row = flows.withdraw(number=options.number, by=getuser())
    except flows.CannotPublish as wrong:
        raise Stop(str(wrong), code=1) from None
    if options.json:
        print(
            json.dumps(
                {"version": row.version_id, "withdrawn": row.at.isoformat(), "binds": row.binds.isoformat()},
                indent=2,
            )
        )
        return 0
    print(
        f"Version {row.version_id} is withdrawn. The page of the policy says so where it was announced, and"
        " the ledger has it."
    )
    if row.binds > timezone.localdate(row.at):
        print(
            f"What it narrowed goes on holding until {row.binds}: to widen it again is announced like any"
            " widening."
        )
    for number, one in versions.standings().items():
        if one.kind == "announced":
            print(f"Version {number} is announced for {one.day}, and keeps its day.")
    return 0


def _named(text: str) -> Policy:
    if not text.isdigit():
        return _folder(Path(text))
    try:
        return versions.version(int(text))
    except versions.Version.DoesNotExist:
        raise Stop(f"There is no version {text}. `kept policy show` lists them.") from None


def _folder(folder: Path) -> Policy:
    try:
        return load(folder)
    except PolicyError as wrong:
        raise Stop("\n".join(wrong.problems), code=1) from None


def _as_json(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind,
        "material": change.material,
        "what": change.what,
        "key": change.key,
        "before": change.before,
        "after": change.after,
        "sentence": change.sentence,
    }
