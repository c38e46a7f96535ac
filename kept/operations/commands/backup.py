"""``kept backup --to DIR``: two archives of one moment, with different lives, so that old backups forget."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils import timezone

from kept.core.vault.sealed_files import files
from kept.operations.backups.make import Made, back_up
from kept.terminal import report, takes_json

HELP = "Back up while the portal runs: a long-lived archive of the data, a short-lived one of the keys."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to",
        required=True,
        type=Path,
        metavar="DIR",
        help="a folder outside KEPT_HOME, best on another disk",
    )
    takes_json(parser)


def run(options: argparse.Namespace) -> int:
    made = back_up(options.to)
    said = made.manifest
    data = {
        "backup": str(made.folder),
        "at": said.at.isoformat(timespec="seconds"),
        "expires": said.expires.isoformat(),
        "archives": {one.file: {"size": one.size, "sha256": one.sha256} for one in (said.long, said.short)},
        "missing": list(said.long.missing),
        "lost": dict(said.long.lost),
        "leftovers": [str(path) for path in made.leftovers],
        "forgotten": [str(path) for path in made.forgotten],
    }
    return report(options, holds=not said.long.lost, lines=_lines(made), data=data)


def _lines(made: Made) -> list[str]:
    said = made.manifest
    rows, packed = (
        sum(sum(part.values()) for part in parts)
        for parts in zip(*[(one.tables, one.files) for one in (said.long, said.short)], strict=True)
    )
    lines = [f"{path} was left by a backup that did not end, and was removed." for path in made.leftovers]
    lines.append(
        f"The backup of {timezone.localtime(said.at):%d %B %Y, %H:%M:%S} lies in {made.folder}: {rows:,} rows"
        f" and {packed:,} files."
    )
    lines.append(
        f"  {said.long.file}, {_size(said.long.size)}: may be kept; without the other one, what is sealed in"
        " it opens for nobody."
    )
    lines.append(
        f"  {said.short.file}, {_size(said.short.size)}: keys and sign-in. Every copy of it must be gone"
        f" after {said.expires:%d %B %Y}."
    )
    if said.long.missing:
        lines.append(
            f"  {len(said.long.missing):,} files were forgotten on purpose while the backup was made, and are"
            " not in it."
        )
    if said.long.lost:
        lines.append(
            f"  {sum(said.long.lost.values()):,} files that the database names are not on this disk, and in"
            f" no backup: {files.named(said.long.lost)}."
        )
        lines.append(
            "  Bring them back from an older backup, or from the other machine that took them in: all"
            " machines need one KEPT_HOME/files."
        )
    lines += [f"{path} had its day, and was removed." for path in made.forgotten]
    return lines


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{size / 1000:,.1f} kB"
