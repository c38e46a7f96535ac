"""What machines read is English, whoever asks for it: keys and sentences of a file do not change with a
reader.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

from kept.sentences import Sentence


def in_english(made: Callable[[], Any]) -> Any:
    """What is made, of plain lists, dicts and strings."""
    with translation.override("en"):
        return _plain(made())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Sentence | Promise) else value
