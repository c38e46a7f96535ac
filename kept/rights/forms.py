"""What to take: everything, or some kinds of data."""

from __future__ import annotations

from typing import Any

from django import forms


class CopyForm(forms.Form):
    scope = forms.ChoiceField(
        label="What should the copy hold?",
        choices=[("all", "Everything"), ("some", "Only the kinds I choose below")],
        initial="all",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the copy should hold", "invalid_choice": "Choose what the copy should hold"},
    )
    categories = forms.MultipleChoiceField(
        label="Kinds of data",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose kinds of data from the list"},
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = kinds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("scope") == "some" and not cleaned.get("categories") and "categories" not in self.errors:
            self.add_error("categories", "Choose at least one kind of data, or take everything")
        if cleaned.get("scope") == "all":
            cleaned["categories"] = []
        return cleaned
