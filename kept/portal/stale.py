"""A second tab that was open for long puts no old value back: a form says what it showed, and is compared with what stands now."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from kept.core.vault.box import Box

_SEEN = Box("portal.seen")
CHANGED = "Since you opened this page, this was changed to “{now}”. You sent “{typed}”. Keep what is right, and save once more"
NOTHING = "nothing"


class ComparesWithShown(forms.Form):
    """Mix into a form that edits what stands. Draw ``form.seen_now`` as the value of a hidden input named ``seen``.

    Only keyed marks of the values leave: whoever reads the page's source learns no more than stands in it.
    """

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        shown = _read(str(self.data.get("seen", "")))
        for name in self.fields:
            now = self.initial.get(name)
            if name not in shown or name in self.errors:
                continue
            typed = str(self.data.get(self.add_prefix(name), ""))
            if shown[name] != _mark(name, now) and typed.strip() != str(now or "").strip():
                self.add_error(name, CHANGED.format(now=now or NOTHING, typed=typed or NOTHING))
        return given

    @property
    def seen_now(self) -> str:
        return json.dumps({name: _mark(name, self.initial.get(name)) for name in self.fields})


def _mark(name: str, value: Any) -> str:
    return _SEEN.mark(f"{name}|{str(value or '').strip()}")


def _read(text: str) -> dict[str, str]:
    """{} for whatever is no answer of ours."""
    try:
        said = json.loads(text[:20_000])
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(mark) for name, mark in said.items()} if isinstance(said, dict) else {}
