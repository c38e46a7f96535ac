"""What becomes of backups once they are made: the places we know, and the short-lived archives in them whose
day has passed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from kept.core.vault.sealing import sealed_streams
from kept.operations.backups import drill, places
from kept.operations.models import BackupRun
from kept.sentences import sentence


def known_places() -> list[Path]:
    """Every folder that holds a backup of ours, as far as this machine can see them now."""
    named = BackupRun.objects.order_by("place").values_list("place", flat=True).distinct()
    return [place for place in map(Path, named) if place.is_dir()]


def forget_everywhere() -> list[Path]:
    """Remove the short-lived archives whose day has passed from every place we can see. Which."""
    today = timezone.localdate()
    return [path for place in known_places() for path in places.forget_overdue(place, today)]


def overdue_everywhere() -> list[Path]:
    today = timezone.localdate()
    return [path for place in known_places() for path in places.overdue(place, today)]


def closing_without(generation: bytes) -> list[Path]:
    """The short-lived archives in places we can see that hang on another master key than this, and are lost
    with it.
    """
    found = [folder / made.short.file for place in known_places() for folder, made in places.whole(place)]
    return [path for path in found if path.is_file() and _hangs_on(path) != generation]


def _hangs_on(path: Path) -> bytes:
    with path.open("rb") as file:
        return sealed_streams.hangs_on(file)


def last_drill() -> datetime | None:
    """When a restore of one of our backups was last verified."""
    found = [
        at
        for place in known_places()
        for folder, made in places.whole(place)
        if (at := drill.drilled(folder, made.id))
    ]
    return max(found, default=None)


def newest_whole() -> datetime | None:
    """The moment of the newest backup whose lasting archive lies there, as long as its signed note says."""
    found = [
        made.at
        for place in known_places()
        for folder, made in places.whole(place)
        if _lies_there(folder / made.long.file, made.long.size)
    ]
    return max(found, default=None)


def not_there(last: BackupRun) -> str:
    """Why the newest backup on record cannot be believed, in one sentence; "" where its signed note lies
    where the record says.
    """
    place = Path(last.place)
    if not place.is_dir():
        return sentence(
            "The newest backup on record, of {day}, lies where this machine cannot look. Mount it, or back up"
            " to where it can.",
            day=last.at.date(),
        )
    made = next((made for _, made in places.whole(place) if made.id == last.pk), None)
    if made is None or abs(made.at - last.at) >= timedelta(seconds=1):
        return sentence(
            "The record tells of a backup of {day}, and no backup that our key signed says so.",
            day=last.at.date(),
        )
    if newest_whole() is None:
        return sentence("No backup that lies there has its lasting archive, or not all of it.")
    return ""


def _lies_there(file: Path, size: int) -> bool:
    return file.is_file() and file.stat().st_size == size
