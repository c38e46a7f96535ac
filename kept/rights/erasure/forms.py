"""What can be chosen of an erasure: what becomes of what others see too, and whether we may ever write
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.core.register.declarations import DELETE
from kept.core.register.destroying.erasing import ANONYMISE
from kept.rights.access.value_names import in_a_sentence

KEEP = [(DELETE, _("Delete them")), (ANONYMISE, _("Leave them, without my name"))]
SILENCE = _("Never write to me again")
WHAT_IT_KEEPS = _(
    "Then we keep one thing: a keyed hash of your address, so that no later list or campaign brings it back."
    " It serves that alone. Prove the address, or make a new ID, and it is gone."
)


class ErasureForm(forms.Form):
    nobody = {
        "shared-*": "Whether what others see goes, or stays without a name.",
        "silence": "Whether we ever write again. What is kept of a yes is a keyed hash.",
    }

    silence = forms.BooleanField(label=SILENCE, required=False, help_text=WHAT_IT_KEEPS)

    def __init__(self, *args: Any, shared: Sequence[tuple[str, str, int]] = (), **kwargs: Any) -> None:
        """``shared``: (table, title, how many) of what others see too; each is asked about."""
        super().__init__(*args, **kwargs)
        self.tables = [table for table, _, _ in shared]
        for table, title, count in shared:
            choose = gettext("Choose what becomes of your {things}").format(things=in_a_sentence(str(title)))
            self.fields[f"shared-{table}"] = forms.ChoiceField(
                label=f"{title} ({count})",
                help_text=_("Others can see them too."),
                choices=KEEP,
                widget=forms.RadioSelect,
                error_messages={"required": choose, "invalid_choice": choose},
            )

    @property
    def about_shared(self) -> list[Any]:
        return [self[f"shared-{table}"] for table in self.tables]

    @property
    def chosen(self) -> dict[str, str]:
        """Table -> what becomes of its rows. Of a form that is valid."""
        return {table: self.cleaned_data[f"shared-{table}"] for table in self.tables}
