"""The phone systems that may report calls, as a file names them. Plain Python: settings read it."""

from __future__ import annotations

import re
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

KINDS = ("service", "sales")
SHORTEST = 32
"""Signs of a secret: made by ``openssl rand -hex 32`` it has 64."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PhoneSystem:
    """``entity`` and ``kind``: whose queue its calls ring in."""

    name: str
    entity: str
    kind: str
    secret: str = field(repr=False)


def read(text: str) -> dict[str, PhoneSystem]:
    """The systems of a file, by name; none where the setting is left out. Raises ValueError."""
    if not text:
        return {}
    path = Path(text).expanduser().resolve()
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ValueError(f"{path} can be read by others, and holds secrets. Run: chmod 600 {path}")
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as wrong:
        raise ValueError(f"{path} cannot be read ({wrong.strerror}). Name a file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ValueError(f"{path} is not TOML. Write [liege] with entity, kind and secret below.") from None
    return {name: _system(name, row) for name, row in tables.items()}


def _system(name: str, row: object) -> PhoneSystem:
    if not _NAME.fullmatch(name) or not isinstance(row, dict) or set(row) != {"entity", "kind", "secret"}:
        raise ValueError(f"Write [{name[:40]}] in small letters, with entity, kind and secret below.")
    entity, kind, secret = (row[key] for key in ("entity", "kind", "secret"))
    if not isinstance(entity, str) or kind not in KINDS:
        raise ValueError(f'{name}: write an entity of company.toml, and kind = "service" or "sales".')
    if not isinstance(secret, str) or len(secret) < SHORTEST:
        raise ValueError(f"{name}: the secret is too short. Make one with: openssl rand -hex 32")
    return PhoneSystem(name, entity, kind, secret)
