"""One cleaner for every text that is typed into a form, the sign-in library's forms included.

Django has no place where all text fields can be cleaned, and a field that was forgotten would be the hole. So
the one method through which each of them turns input into text is wrapped once, when the program starts. A
password is taken as it is typed.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kept.people import mailboxes, texts


class CodeField(forms.CharField):
    """A number, reference or code: what cannot be seen in it is ignored, as copying from elsewhere brings it
    along.
    """

    ignores_unseen = True


def read(field: forms.CharField, text: str) -> str:
    """What was typed into this field, cleaned by its kind.

    Raises ValidationError with the sentence for the person.
    """
    if isinstance(field.widget, forms.PasswordInput):
        return text
    try:
        if isinstance(field, forms.EmailField):
            return mailboxes.check(text) if text else text
        if getattr(field, "ignores_unseen", False):
            return texts.clean_code(text)
        return texts.clean_text(text, lines=isinstance(field.widget, forms.Textarea))
    except mailboxes.NoMailbox:
        # The field's own validator says it in the form's words.
        return texts.clean_code(text)
    except ValueError as wrong:
        raise ValidationError(str(wrong), code="unseen") from None


def install() -> None:
    """Wrap ``forms.CharField.to_python``. A second call changes nothing."""
    plain = forms.CharField.to_python
    if getattr(plain, "cleans", False):
        return

    @wraps(plain)
    def to_python(self: forms.CharField, value: Any) -> Any:
        said = plain(self, value)
        if not isinstance(said, str) or said in self.empty_values:
            return said
        cleaned = read(self, said)
        return cleaned or self.empty_value

    to_python.cleans = True  # type: ignore[attr-defined]
    forms.CharField.to_python = to_python  # type: ignore[method-assign]
