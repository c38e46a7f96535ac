"""Logs hold no personal data: what happened, where in the code, how often — never to whom, never a value.

Our own messages (loggers below ``kept``) are written as they are, since we choose their words. A library's
message may hold an address, a query or a body, so of those only the logger, the status, the method and the
route are written. Of an exception, only types and places: its message may hold what somebody typed.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

_OWN = "kept"


def places(error: BaseException) -> list[str]:
    """The exception's type and the places it went through, outermost first; then the same of what caused
    it.
    """
    lines = [_type(error), *_frames(error.__traceback__)]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines if cause is None or cause is error else [*lines, "because of", *places(cause)]


def _type(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


class WithoutValues(logging.Formatter):
    """One plain line for a record, or one JSON object."""

    def __init__(self, *, as_json: bool = False) -> None:
        super().__init__()
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line for one record, with nothing in it that a person typed."""
        fields = self._fields(record)
        trace = places(record.exc_info[1]) if record.exc_info and record.exc_info[1] else []
        if self.as_json:
            return json.dumps({**fields, "trace": trace} if trace else fields)
        words = [str(fields.pop(name)) for name in ("at", "level", "logger")]
        return "\n".join([" ".join([*words, *(f"{value}" for value in fields.values())]), *trace])

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.split(".")[0] == _OWN:
            fields["message"] = record.getMessage()
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            fields |= {
                "status": getattr(record, "status_code", ""),
                "method": getattr(request, "method", ""),
                "route": match.route if match else "-",
            }
        return fields


def logging_without_values(*, json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything goes to stderr through ``WithoutValues``; no handler of a library's own is
    left.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"without values": {"()": WithoutValues, "as_json": json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "without values"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "kept": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # At DEBUG it would write every statement with its values.
            "django.db.backends": {"handlers": [], "level": "WARNING", "propagate": False},
        },
    }
