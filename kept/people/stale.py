"""A second tab that was open for long puts no old value back: a form says what it showed, and is compared
with what stands now.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kept.core.vault.sealing.sealed_box import Box

_SEEN = Box("portal.seen")
SEEN = "seen"
CHANGED = gettext_lazy(
    "Since you opened this page, this was changed to “{now}”. You sent “{typed}”. Keep what is right, and"
    " save once more"
)
NOTHING = gettext_lazy("nothing")


class ComparesWithShown(forms.Form):
    """Mix into every form that edits what stands, before the others.

    Draw ``{% seen form %}`` inside the form's tag.

    What stands is the form's initial, loaded anew for each answer, or what ``stands`` says. Only keyed marks
    of the values leave: whoever reads the page's source learns no more than stands in it.
    """

    carried = ""
    """Marks that a page before this one showed, where this one shows what was typed since."""

    drawn = False

    def stands(self, name: str) -> Any:
        """What a field says now, in the place this form edits."""
        return self.get_initial_for_field(self.fields[name], name)

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        shown = _read(str(self.data.get(self.add_prefix(SEEN), "")))
        for name, field in self.fields.items():
            if name not in shown or name in self.errors:
                continue
            now = _as_sent(field, self.stands(name))
            typed = _as_sent(
                field, field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            )
            if shown[name] != _mark(name, now) and typed != now:
                self.add_error(name, CHANGED.format(now=_in_words(field, now), typed=_in_words(field, typed)))
                self._told.add(name)
        return given

    @property
    def seen_now(self) -> str:
        if self.carried:
            return self.carried
        marks = {name: _mark(name, _as_sent(field, self.stands(name))) for name, field in self.fields.items()}
        if self.is_bound:
            # Of a field that is wrong in itself nothing was compared yet: what it showed stays what it
            # showed.
            before = _read(str(self.data.get(self.add_prefix(SEEN), "")))
            marks |= {
                name: mark for name, mark in before.items() if name in self.errors and name not in self._told
            }
        return json.dumps(marks)

    @property
    def _told(self) -> set[str]:
        """Fields of which both values were shown."""
        found: set[str] = self.__dict__.setdefault("_told_names", set())
        return found


def _as_sent(field: forms.Field, value: Any) -> str:
    """A value as the browser would send it back, of several boxes all of them."""
    prepared = field.prepare_value(value)
    if isinstance(field.widget, forms.MultiWidget) and not isinstance(prepared, list | tuple | str):
        prepared = field.widget.decompress(prepared)
    if isinstance(prepared, list | tuple | set):
        return ", ".join(str(one or "") for one in prepared)
    return "" if prepared is None else str(prepared).replace("\r\n", "\n").strip()


def _in_words(field: forms.Field, sent: str) -> str:
    named = {
        str(key): str(word)
        for key, word in getattr(field, "choices", ())
        if not isinstance(word, list | tuple)
    }
    said = ", ".join(named.get(one, one) for one in sent.split(", ")) if named else sent
    return said or str(NOTHING)


def _mark(name: str, sent: str) -> str:
    return _SEEN.mark(f"{name}|{sent}")


def _read(text: str) -> dict[str, str]:
    """{} for whatever is no answer of ours."""
    try:
        said = json.loads(text[:20_000])
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(mark) for name, mark in said.items()} if isinstance(said, dict) else {}
