"""Several files in one field: few, small, and recognised by their first bytes. All of it is told before."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from kept.mailroom.reading.mail_parser import ENCLOSED as MOST
from kept.portal.form_parts import uploads
from kept.rights.requests.flows import Upload


def _limits() -> str:
    return _("At most {most} files, {size} together: PDF, JPG, PNG or WebP.").format(
        most=MOST, size=uploads.megabytes(uploads.limit())
    )


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.Field):
    """Cleans to a list of ``Upload``.

    ``sent``: bytes of the whole request, which tells how large files were that were not taken in.
    """

    widget = FilesInput({"multiple": True, "accept": ".pdf,.jpg,.jpeg,.png,.webp"})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.sent = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copy = super().__deepcopy__(memo)
        copy.help_text = lazy(_limits, str)()
        return copy

    def clean(self, value: Any) -> list[Upload]:
        given = [one for one in value or [] if isinstance(one, UploadedFile)]
        size = sum(int(one.size or 0) for one in given) or self.sent
        if uploads.too_large(size):
            raise forms.ValidationError(
                _("The files are {size} together; the limit is {limit}. Send fewer, or photos.").format(
                    size=uploads.megabytes(size), limit=uploads.megabytes(uploads.limit())
                )
            )
        if len(given) > MOST:
            raise forms.ValidationError(
                _("Choose at most {most} files. You chose {n}").format(most=MOST, n=len(given))
            )
        return [self._read(one) for one in given]

    def _read(self, file: UploadedFile) -> Upload:
        kind = uploads.media_type(file) if file.size else ""
        if not file.size:
            raise forms.ValidationError(_("{file} is empty. Choose another file").format(file=file.name))
        if not kind:
            raise forms.ValidationError(
                _("{file} is not a PDF, JPG, PNG or WebP. Choose one of those").format(file=file.name)
            )
        return Upload(str(file.name), kind, file.chunks())
