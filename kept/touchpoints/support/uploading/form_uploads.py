"""Uploads as a form sees them: which wait for it, and which were sent with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kept.core.vault.readers import SelfReader
from kept.people.models import Person
from kept.portal.form_parts import uploads
from kept.touchpoints.support.cases import attachments, topics
from kept.touchpoints.support.cases.attachments import File
from kept.touchpoints.support.uploading import flows
from kept.touchpoints.support.uploading.models import CaseUpload

NAME = "uploads"


@dataclass(frozen=True, slots=True)
class Sent:
    """``files`` for the message; ``used`` lets the uploads go, in the transaction that keeps the message."""

    uploads: Sequence[CaseUpload] = ()
    files: Sequence[File] = ()

    def used(self) -> None:
        flows.remove([one.pk for one in self.uploads])


def context(reader: SelfReader, kind: str) -> dict[str, Any]:
    """What ``parts/uploads.html`` shows: where to send files, and those that are here already."""
    person = Person.objects.get(pk=reader.subject)
    at = reverse("support-offer-uploads" if kind == topics.SALES else "support-uploads")
    return {
        "uploads_at": at,
        "waiting": flows.waiting(reader, person, kind),
        "upload_limit": uploads.limit(),
        "upload_limit_said": uploads.megabytes(uploads.limit()),
        "upload_most": attachments.MOST,
    }


def from_form(request: HttpRequest, reader: SelfReader | None, kind: str, form: Form) -> Sent:
    """The uploads that were sent with a form, as long as it is right; too many are an error of the form."""
    ids = request.POST.getlist(NAME)
    if reader is None or not ids:
        return Sent()
    found = flows.chosen(Person.objects.get(pk=reader.subject), kind, ids)
    if not form.is_valid():
        return Sent()
    count = len(found) + len(form.cleaned_data["attachments"])
    if count > attachments.MOST:
        said = _("Choose at most {most} files. You chose {n}").format(most=attachments.MOST, n=count)
        form.add_error("attachments", said)
        return Sent()
    if len(found) < len(set(ids)):
        form.add_error("attachments", _("A file is not here any more, or not all of it. Choose it again"))
        return Sent()
    return Sent(found, flows.files(found, reader))
