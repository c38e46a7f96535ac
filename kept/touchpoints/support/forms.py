"""What a case asks of a customer. Every sentence says what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.equipment import serials
from kept.people.forms import CountryField, NameField
from kept.people.stale import ComparesWithShown
from kept.portal.form_parts import uploads
from kept.rights.asking.guards.bot_guard import Guarded, token
from kept.sentences import joined
from kept.touchpoints.support.cases import attachments as taking
from kept.touchpoints.support.cases import service_levels, topics
from kept.touchpoints.support.cases.words import TEXT, TITLE

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SUPPORT, SALES = "support", "sales"
ANOTHER, NONE = "another", "none"
DESCRIBE = _("Describe what happens, for example 'alarm 214 after start'")
LONG = _("Keep it under 20,000 characters, or attach a file")


def _limits() -> str:
    return gettext(
        "At most {most} files of at most {size} each: PDF, JPG, PNG, WebP, TXT, LOG, CSV or ZIP. No programs:"
        " put logs in a .zip. What a picture says of place and camera is taken out."
    ).format(most=taking.MOST, size=uploads.megabytes(uploads.limit()))


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.Field):
    """Cleans to a list of ``attachments.File``; what we take is said before anything is chosen.

    ``sent``: bytes of the whole request, which tells how large files were that were not taken in.
    """

    widget = FilesInput({"multiple": True, "accept": taking.ACCEPT})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, label=_("Files"), **options)
        self.sent = 0

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        copy = super().__deepcopy__(memo)
        copy.help_text = lazy(_limits, str)()
        return copy

    def clean(self, value: Any) -> list[taking.File]:
        given = [one for one in value or [] if isinstance(one, UploadedFile)]
        if not given and uploads.too_large(self.sent):
            raise forms.ValidationError(uploads.sentence(self.sent))
        if len(given) > taking.MOST:
            raise forms.ValidationError(
                gettext("Choose at most {most} files. You chose {n}").format(most=taking.MOST, n=len(given))
            )
        try:
            return [taking.read(one) for one in given]
        except taking.NotTaken as no:
            raise forms.ValidationError(str(no)) from None


def _text(label: StrOrPromise, missing: StrOrPromise, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=TEXT,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": missing, "max_length": LONG},
        **options,
    )


class WithFiles(forms.Form):
    """Mix in before a form with an ``attachments`` field."""

    def __init__(self, *args: Any, sent: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["attachments"].sent = sent  # type: ignore[attr-defined]


class ReplyForm(WithFiles):
    personal = {"text": ("case-message.text", SUPPORT), "attachments": ("support.content", SUPPORT)}

    text = _text(_("Your message"), _("Write what you want to say"))
    attachments = FilesField()


class EnquiryReplyForm(ReplyForm):
    personal = {"text": ("case-message.enquiry", SALES), "attachments": ("sales.content", SALES)}


class CaseForm(WithFiles):
    """What every case asks. ``token`` makes a form that is sent twice one case."""

    kind = topics.SERVICE
    nobody = {"topic": "One of our own words, from a short list."}
    hints: Mapping[str, Any] = {}

    title = forms.CharField(
        label=_("What is it about, in a few words?"),
        max_length=TITLE,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": _("Write in a few words what it is about"),
            "max_length": _("Keep it under 120 characters. There is room for more below"),
        },
    )
    topic = forms.ChoiceField(
        label=_("Topic"),
        help_text=_("What is marked confidential is never shared with colleagues."),
        error_messages={
            "required": _("Choose a topic"),
            "invalid_choice": _("Choose a topic from the list"),
        },
    )
    text = _text(_("Your message"), DESCRIBE)
    attachments = FilesField()

    def __init__(self, *args: Any, origins: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.origins = origins or {}
        self.fields["topic"].choices = [("", _("Choose a topic")), *_choices(self.kind)]  # type: ignore[attr-defined]
        if not hasattr(self, "token"):
            self.token = str(self.data.get("token", ""))[:120] or token()

    def add_error(self, field: str | None, error: Any) -> None:
        """One sentence for each field is enough: the first."""
        if field is None or field not in self.errors:
            super().add_error(field, error)


def _choices(kind: str) -> list[tuple[str, Any]]:
    return [
        (key, gettext("{topic} (confidential)").format(topic=said) if key in topics.CONFIDENTIAL else said)
        for key, said in topics.topics_of(kind).items()
    ]


class ServiceForm(CaseForm):
    """Help with a product. ``machines``: (id, name) of what is registered to them."""

    personal = {
        "title": ("case.title", SUPPORT),
        "text": ("case-message.text", SUPPORT),
        "attachments": ("support.content", SUPPORT),
        "machine": ("equipment.serial", SUPPORT),
        "serial": ("case.serial", SUPPORT),
        "firmware": ("case.firmware", SUPPORT),
    }
    nobody = {**CaseForm.nobody, "severity": "How bad it is, from a list of three."}
    field_order: Sequence[str] = (
        "machine",
        "serial",
        "firmware",
        "severity",
        "topic",
        "title",
        "text",
        "attachments",
    )

    machine = forms.ChoiceField(
        label=_("Which product is it about?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose which product it is about"),
            "invalid_choice": _("Choose a product from the list"),
        },
    )
    serial = forms.CharField(
        label=_("Serial number"),
        required=False,
        max_length=serials.LONGEST,
        help_text=_("Of another product, if it is at hand. Type plate inside the lid, like 1204-88-2."),
        widget=forms.TextInput({"class": "code", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": serials.NOT_A_SERIAL},
    )
    firmware = forms.CharField(
        label=_("Firmware"),
        required=False,
        max_length=40,
        help_text=_("As the display or the web page of the product shows it, like 4.2.1."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("Keep it under 40 characters")},
    )
    severity = forms.ChoiceField(
        label=_("How bad is it?"),
        choices=list(topics.SEVERITIES.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how bad it is"),
            "invalid_choice": _("Choose how bad it is from the list"),
        },
    )

    def __init__(self, *args: Any, machines: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        meant = topics.MEANINGS.items()
        self.hints = {"severity": {key: joined([said, service_levels.promise(key)]) for key, said in meant}}
        self.fields["machine"].choices = [  # type: ignore[attr-defined]
            *machines,
            (ANOTHER, _("A product that is not registered to me")),
            (NONE, _("None, or I do not know")),
        ]

    def clean_serial(self) -> str:
        """Somebody else's number is no mistake: it is kept as typed, and nothing of its owner is said."""
        typed = str(self.cleaned_data["serial"]).strip()
        if not typed or self.data.get("machine") not in (ANOTHER, None):
            return ""
        reading = serials.read(typed)
        if reading.problem or reading.suggestion:
            raise forms.ValidationError(
                reading.problem
                or gettext("{suggestion} Write it so, if that is right").format(suggestion=reading.suggestion)
            )
        return reading.serial


class EnquiryForm(CaseForm):
    """An offer, or a question before buying."""

    kind = topics.SALES
    personal = {
        "title": ("case.enquiry", SALES),
        "text": ("case-message.enquiry", SALES),
        "attachments": ("sales.content", SALES),
    }
    field_order: Sequence[str] = ("topic", "title", "text", "attachments")

    text = _text(_("Your message"), _("Write what you need, for example '48 V, 10 kVA, in spring'"))


class _Unknown(forms.Form):
    name = NameField(label=_("Your name"))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The reference and a code to follow the case go there."),
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter an e-mail address, like name@example.com"),
            "invalid": _("Enter an e-mail address in the correct format, like name@example.com"),
        },
    )
    country = CountryField(
        label=_("Your country"), help_text=_("It decides which company of the group answers you.")
    )


class UnknownServiceForm(Guarded, _Unknown, ServiceForm):
    """Help with a product, for somebody without an ID."""

    personal = {
        **ServiceForm.personal,
        "name": ("person.name", SUPPORT),
        "email": ("person.email", SUPPORT),
    }
    nobody = {
        **Guarded.nobody,
        **ServiceForm.nobody,
        "country": "Which company answers: the country itself is not kept.",
    }
    field_order: Sequence[str] = (*ServiceForm.field_order, "name", "email", "country", "website")


class UnknownEnquiryForm(Guarded, _Unknown, EnquiryForm):
    """An enquiry, for somebody without an ID."""

    personal = {**EnquiryForm.personal, "name": ("person.name", SALES), "email": ("person.email", SALES)}
    nobody = {**UnknownServiceForm.nobody}
    field_order: Sequence[str] = (*EnquiryForm.field_order, "name", "email", "country", "website")


class FollowForm(forms.Form):
    """Reference and code of somebody without an ID."""

    nobody = dict.fromkeys(("reference", "code"), "Compared with what a mail said, and kept nowhere.")

    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("Like SUP-2026-7KQ4M2."),
        max_length=20,
        widget=forms.TextInput({"class": "code", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the reference"), "max_length": _("Enter the reference")},
    )
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Like 7KQ4-M2XD-9TRA, from our first mail."),
        max_length=40,
        widget=forms.TextInput({"class": "code", "autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code"), "max_length": _("Enter the code")},
    )


class RatingForm(forms.Form):
    personal = {"stars": ("support.content", SUPPORT)}

    stars = forms.TypedChoiceField(
        label=_("How well were you helped?"),
        coerce=int,
        choices=[
            (5, _("Very well")),
            (4, _("Well")),
            (3, _("So so")),
            (2, _("Badly")),
            (1, _("Very badly")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how well you were helped"),
            "invalid_choice": _("Choose how well you were helped"),
        },
    )


class EnquiryRatingForm(RatingForm):
    personal = {"stars": ("sales.content", SALES)}


class SharingForm(ComparesWithShown):
    nobody = {
        "colleagues": "Which colleagues of one's own organisation may read the case: ids from the page."
    }

    colleagues = forms.MultipleChoiceField(
        label=_("Who else may read and answer it?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose colleagues from the list")},
    )

    def __init__(self, *args: Any, colleagues: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["colleagues"].choices = list(colleagues)  # type: ignore[attr-defined]


class AnnotationForm(forms.Form):
    personal = {"text": ("call-annotation.text", SUPPORT)}

    text = forms.CharField(
        label=_("What do you say of it?"),
        help_text=_("It stands beside our note. Neither is changed."),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": _("Write what was said, for example 'I said 48 V, not 24 V'"),
            "max_length": _("Keep it under 2,000 characters"),
        },
    )


class EnquiryAnnotationForm(AnnotationForm):
    personal = {"text": ("call-annotation.enquiry", SALES)}
