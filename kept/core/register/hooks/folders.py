"""Folders of files that a room keeps beside the database: where they lie, and what of them a backup takes.

A room declares its folder in ``personal.py``. A backup takes the files named, a restore puts them back, and a
new portal or a restore begins only where the folder is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from kept.registry import Registry

TAKEN = frozenset({"files", "policy", "home", "backup", "database"})
"""What archives and the mark of a restore call their own parts."""


@dataclass(frozen=True, slots=True)
class Folder:
    """``name``: what it is called in archives, and stays for ever.

    ``setting``: the setting that says where it lies. ``packed``: patterns of what is taken.
    """

    name: str
    setting: str
    packed: tuple[str, ...]

    @property
    def root(self) -> Path:
        return Path(getattr(settings, self.setting))

    @property
    def is_empty(self) -> bool:
        return not (self.root.is_dir() and any(self.root.iterdir()))

    def files(self) -> list[Path]:
        """What a backup takes, in order. Any of them may be gone a moment later."""
        return sorted(path for pattern in self.packed for path in self.root.glob(pattern) if path.is_file())


FOLDERS: Registry[Folder] = Registry("folders", "folders of files, for backups and for a new home")


def folder(name: str, *, setting: str, packed: tuple[str, ...]) -> Folder:
    """Register, and return, a folder of files that name nobody: a backup keeps them as long as it likes, and
    there is nothing in them to forget.

    Raises ValueError for a name that is no plain word, or that somebody else has.
    """
    if name in TAKEN or name in FOLDERS or not name.isidentifier():
        raise ValueError(
            f"{name!r} cannot be the name of a folder in backups: it is taken, or no plain word."
        )
    return FOLDERS.setdefault(name, Folder(name, setting, packed))
