"""What a backup is: a folder with two archives and this note about them, signed by the portal's own key.

Nothing personal stands in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any
from uuid import UUID

from kept.core.ledger.notes import sign, signed_note
from kept.terminal import Stop

NAME = "manifest"
TITLE = "kept backup 1"


@dataclass(frozen=True, slots=True)
class Archive:
    """One of the two.

    ``missing``: files that went on purpose while the backup was made, each with its record.

    ``lost``: kinds of data of files that rows name and the disk did not have, with how many. That is damage.
    """

    file: str
    size: int
    sha256: str
    tables: Mapping[str, int]
    files: Mapping[str, int]
    missing: tuple[str, ...] = ()
    lost: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """``at``: the moment of the snapshot.

    ``expires``: the day after which nobody may bring the keys back. ``migrations``: those applied, by app.
    """

    id: UUID
    at: datetime
    expires: date
    database: str
    entries: int
    migrations: Mapping[str, list[str]]
    long: Archive
    short: Archive

    def text(self) -> str:
        said = {
            "format": TITLE,
            **asdict(self),
            "id": str(self.id),
            "at": self.at.isoformat(timespec="seconds"),
            "expires": self.expires.isoformat(),
        }
        return json.dumps(said, indent=1, sort_keys=True, default=list) + "\n"


def signed(manifest: Manifest) -> str:
    return sign.sign_note(manifest.text())


def read(folder: Path) -> Manifest:
    """The note in a backup's folder, once our own key is found to have signed it.

    Raises Stop, SigningKeyError.
    """
    try:
        text = sign.keys().open_note((folder / NAME).read_text(encoding="utf-8"), _dated)
        return _of(json.loads(text))
    except FileNotFoundError:
        raise Stop(f"There is no backup in {folder}: it has no {NAME}.", code=1) from None
    except signed_note.SignatureWrong:
        raise Stop(
            f"The backup in {folder} was altered, or made by another portal, or with a newer signing key than"
            " the one here: its signature does not fit.",
            code=1,
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise Stop(f"The {NAME} in {folder} cannot be read.", code=1) from None


def _dated(text: str) -> datetime:
    return datetime.fromisoformat(json.loads(text)["at"])


def _of(said: dict[str, Any]) -> Manifest:
    if said["format"] != TITLE:
        raise ValueError("not this format")
    long, short = (_archive(said[name]) for name in ("long", "short"))
    at, expires = datetime.fromisoformat(said["at"]), date.fromisoformat(said["expires"])
    return Manifest(
        UUID(said["id"]), at, expires, said["database"], said["entries"], said["migrations"], long, short
    )


def _archive(said: dict[str, Any]) -> Archive:
    """One written before it was told apart what went from what was lost excuses nothing."""
    if "lost" in said:
        return Archive(**{**said, "missing": tuple(said["missing"])})
    sealed = [name for name in said["missing"] if "/" not in name]
    return Archive(**{**said, "missing": (), "lost": {"unknown": len(sealed)} if sealed else {}})


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
