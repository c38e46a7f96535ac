"""``kept import cases``: from a CSV file, Zammad or FreeScout; and an import taken back."""

from __future__ import annotations

import argparse
import hashlib
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from kept.core.ledger import versions
from kept.products.csv_files import Written
from kept.terminal import Stop, report, takes_json
from kept.touchpoints.support.case_imports import csv_export, freescout_export, zammad_export
from kept.touchpoints.support.case_imports.foreign_cases import Found, NotAnExport
from kept.touchpoints.support.case_imports.import_run import Import, Tally
from kept.touchpoints.support.case_imports.json_files import ENDINGS
from kept.touchpoints.support.case_imports.models import CaseImport
from kept.touchpoints.support.case_imports.taking_back import take_back

HELP = "Cases of another help desk, with what was said in them; without --apply nothing is saved."
NOT_BROUGHT = {
    CaseImport.System.ZAMMAD: "Not used: priorities, tags, groups, organisations, time accounting, and who of"
    " staff answered.",
    CaseImport.System.FREESCOUT: "Not used: tags, folders, mailboxes, saved replies, who was assigned, and"
    " who of staff answered.",
}
PIECE = 1 << 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="or a folder; left out: what came before"
    )
    parser.add_argument(
        "--from", dest="system", choices=CaseImport.System.values, default="csv", help="by default csv"
    )
    parser.add_argument("--apply", action="store_true", help="save it; without this nothing is saved")
    parser.add_argument("--take-back", type=int, metavar="NUMBER", help="undo an import; with --apply")
    parser.add_argument(
        "--called", default="", metavar="NAME", help="which one, where you had several of a kind"
    )
    parser.add_argument("--files", type=Path, metavar="FOLDER", help="where the attachments lie")
    parser.add_argument("--language", default="", metavar="xx", help="of persons whose language nobody knows")
    parser.add_argument(
        "--encoding", default="", metavar="NAME", help="CSV: the code page, where it is no UTF-8"
    )
    parser.add_argument(
        "--dates", choices=("day-first", "month-first"), default="", help="CSV: as in 3/4/2024"
    )
    takes_json(parser)


def run(options: argparse.Namespace) -> int:
    if options.take_back is not None:
        return _taken_back(options)
    if options.file is None:
        return _listed(options)
    languages = versions.current().policy.company.languages
    if options.language and options.language not in languages:
        raise Stop(f"“{options.language}” is no language of this portal. Name one of {', '.join(languages)}.")
    if not options.file.exists():
        raise Stop(f"{options.file} is not there.")
    if options.system == CaseImport.System.CSV and options.file.is_dir():
        raise Stop(f"{options.file} is a folder. Name the CSV file in it.")
    try:
        batch = _batch(options)
        tally = Import(batch, save=options.apply, language=options.language).run(_read(options))
    except NotAnExport as no:
        raise Stop(str(no), code=1) from None
    except OSError as wrong:
        raise Stop(f"{options.file} cannot be read: {wrong.strerror}.") from None
    if options.apply:
        CaseImport.objects.filter(pk=batch.pk).update(finished_at=timezone.now())
    return _told(options, batch, tally)


def _read(options: argparse.Namespace) -> Found:
    if options.system == CaseImport.System.ZAMMAD:
        return zammad_export.read(options.file)
    if options.system == CaseImport.System.FREESCOUT:
        return freescout_export.read(options.file, options.files)
    return csv_export.read(options.file, Written(options.encoding, options.dates), options.files)


def _batch(options: argparse.Namespace) -> CaseImport:
    """The import of this export: the one that was cut off, or a new one; a dry run makes none."""
    which = {
        "system": options.system,
        "called": options.called.strip()[:60],
        "digest": _digest(options.file),
        "taken_back_at": None,
    }
    if not options.apply:
        return CaseImport.objects.filter(**which).first() or CaseImport(**which)
    return CaseImport.objects.get_or_create(**which)[0]


def _digest(place: Path) -> str:
    files = (
        [place] if place.is_file() else sorted(f for f in place.rglob("*") if f.suffix in ENDINGS | {".sql"})
    )
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while piece := stream.read(PIECE):
                digest.update(piece)
    return digest.hexdigest()


def _told(options: argparse.Namespace, batch: CaseImport, tally: Tally) -> int:
    """Ends with 0 also where something was left out: that is named, and nothing else was wrong."""
    more = tally.left_out - len(tally.named)
    lines = [str(one) for one in tally.named]
    lines += [f"… and {more} more."] if more else []
    lines += [NOT_BROUGHT[options.system]] if options.system in NOT_BROUGHT else []
    lines.append(tally.summary)
    undo = f"Saved as import {batch.pk}. To undo it: kept import cases --take-back {batch.pk} --apply"
    lines.append(undo if options.apply else "Nothing is saved yet. To save it, run the same with --apply.")
    data = {
        "saved": options.apply,
        "import": batch.pk,
        **{
            name: getattr(tally, name)
            for name in ("new", "grown", "same", "persons", "messages", "notes", "files")
        },
        "left_out": tally.left_out,
        "named": [{"where": one.where, "reason": one.reason} for one in tally.named],
    }
    return report(options, holds=True, lines=lines, data=data)


def _taken_back(options: argparse.Namespace) -> int:
    batch = CaseImport.objects.filter(pk=options.take_back).first()
    if batch is None:
        raise Stop(f"There is no import {options.take_back}. “kept import cases” lists them.")
    done = take_back(batch, save=options.apply)
    went = f"{done.cases} cases and {done.persons} persons {'are gone' if options.apply else 'would go'}."
    lines = [f"Case {one} stays: somebody worked on it here since." for one in done.kept]
    lines.append(went if options.apply else f"{went} To do it, add --apply.")
    data = {"saved": options.apply, "cases": done.cases, "persons": done.persons, "kept": done.kept}
    return report(options, holds=not done.kept, lines=lines, data=data)


def _listed(options: argparse.Namespace) -> int:
    data = [
        {
            "import": one.pk,
            "from": one.system,
            "called": one.called,
            "day": timezone.localdate(one.at),
            "cases": one.cases.exclude(case=None).count(),
            "taken_back": one.taken_back_at is not None,
            "cut_off": one.finished_at is None and timezone.now() - one.at > timedelta(minutes=1),
        }
        for one in CaseImport.objects.order_by("pk")
    ]
    lines = [_line(one) for one in data] or ["No cases were imported. Name a file, or a folder."]
    return report(options, holds=True, lines=lines, data={"imports": data})


def _line(one: dict[str, object]) -> str:
    called = f" ({one['called']})" if one["called"] else ""
    state = "taken back" if one["taken_back"] else "cut off: run it again" if one["cut_off"] else "here"
    return f"{one['import']}: {one['day']}, {one['from']}{called}, {one['cases']} cases, {state}"
