"""What the controllers' desk asks for: a letter or a call taken in, an answer, reasons, another controller, a
closing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.core.ledger import versions
from kept.people import countries
from kept.people.stale import ComparesWithShown
from kept.people.text_fields import CodeField
from kept.portal.form_parts import uploads
from kept.portal.form_parts.forms import DatePartsField
from kept.rights.requests import request_kinds
from kept.rights.requests.askers.for_whom import OTHER, SELF, ForSomebodyElse
from kept.rights.requests.course import clock
from kept.rights.requests.flows import Upload
from kept.rights.requests.models import Request
from kept.sentences import number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PURPOSE = "requests"
MOST_FILES = 5
LANGUAGES = (
    ("en", _("English")),
    ("fr", _("French")),
    ("nl", _("Dutch")),
    ("de", _("German")),
    ("es", _("Spanish")),
)
UNANSWERED = (
    Request.Outcome.REVOKED,
    Request.Outcome.EXPIRED,
    Request.Outcome.NO_MATCH,
    Request.Outcome.DUPLICATE,
    Request.Outcome.SPAM,
    Request.Outcome.DENIED,
)
TAKEN_IN = (Request.Channel.LETTER, Request.Channel.PHONE, Request.Channel.EMAIL, Request.Channel.VISIT)


def kept_under(most: int) -> StrOrPromise:
    return format_lazy(_("Keep it under {number} characters"), number=lazy(number, str)(most))


def _text(
    label: StrOrPromise,
    *,
    required: StrOrPromise = "",
    hint: StrOrPromise = "",
    rows: int = 6,
    most: int = 4000,
) -> forms.CharField:
    messages = {"required": required, "max_length": kept_under(most)}
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        widget=forms.Textarea({"rows": rows}),
        required=bool(required),
        error_messages=messages,
    )


def _choice(
    label: StrOrPromise,
    choices: Sequence[tuple[str, StrOrPromise]] | Callable[[], list[tuple[str, str]]],
    wrong: StrOrPromise,
    *,
    hint: StrOrPromise = "",
    **more: Any,
) -> forms.ChoiceField:
    messages = {"required": wrong, "invalid_choice": wrong}
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        help_text=hint,
        error_messages=messages,
        **more,
    )


def _limits() -> str:
    return gettext(
        "Up to {most}: PDF, JPG, PNG or WebP, each of at most {size}. Choose all of them at once."
    ).format(most=MOST_FILES, size=uploads.megabytes(uploads.limit()))


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to five files, each recognised by its first bytes. Cleans to a list of Upload."""

    widget = SeveralFiles

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=SeveralFiles({"accept": ".pdf,.jpg,.jpeg,.png,.webp", "multiple": True}),
            required=False,
            **options,
        )
        self.help_text = lazy(_limits, str)()

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(gettext("Choose at most {most} files").format(most=MOST_FILES))
        return [self._taken(one) for one in given]

    def _taken(self, upload: Any) -> Upload:
        if not upload.size:
            raise forms.ValidationError(_("A file is empty. Choose another one"))
        if uploads.too_large(upload.size):
            raise forms.ValidationError(uploads.sentence(upload.size))
        kind = uploads.media_type(upload)
        if not kind:
            raise forms.ValidationError(_("A file is not a PDF, JPG, PNG or WebP. Choose one of those"))
        return Upload(upload.name, kind, upload.chunks())


AT_THE_DESK = {
    "relation": _("Who are they to them?"),
    "subject_name": _("The name of whom it is about"),
    "claim": _("What do they say shows that they may ask?"),
}


class NewForm(ForSomebodyElse):
    """A letter, a call or a visit, taken in by hand: the clock runs from the day it really arrived."""

    nobody = {
        "channel": "How the request came in.",
        "day": "When the request came in.",
        "kind": "Which right is used.",
        "country": "Part of the address, asked for with the street.",
        "postcode": "Part of the address, asked for with the street.",
        "city": "Part of the address, asked for with the street.",
        "language": "In which language to answer.",
        "answer_by": "How to answer, not who asks.",
    }

    personal = {
        "text": ("request.text", PURPOSE),
        "name": ("request.name", PURPOSE),
        "email": ("request.email", PURPOSE),
        "street": ("request.address", PURPOSE),
        "attached": ("rights.request", PURPOSE),
    }

    proofs = "attached"
    field_order = (
        "channel",
        "day",
        "kind",
        "text",
        "asks_for",
        *ForSomebodyElse.WHOM,
        "country",
        "name",
        "email",
        "street",
        "postcode",
        "city",
        "language",
        "answer_by",
        "attached",
    )

    channel = _choice(
        _("How did it arrive?"), [(one.value, one.label) for one in TAKEN_IN], _("Choose how it arrived")
    )
    day = DatePartsField(
        label=_("When did it arrive?"),
        name=_("Day of arrival"),
        past=True,
        help_text=_("The real day, also when it lay for a while: the law counts from it."),
    )
    kind = _choice(_("What is asked?"), request_kinds.choices, _("Choose what is asked"))
    text = _text(
        _("What they say"),
        required=_("Write what they say"),
        hint=_("In their own words, as far as they go."),
        rows=7,
        most=8000,
    )
    country = forms.ChoiceField(
        label=_("Where do they live?"),
        required=False,
        help_text=_("It decides which controller answers, and whose law counts."),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        error_messages={"max_length": _("Keep the name under 200 characters")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        error_messages={"invalid": _("Enter an e-mail address like name@example.com")},
    )
    street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("Town or city"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language of the answer"), choices=LANGUAGES, initial="en")
    answer_by = _choice(
        _("How do they want the answer?"),
        Request.AnswerBy.choices,
        _("Choose how they want the answer"),
        initial=Request.AnswerBy.EMAIL,
    )
    attached = FilesField(label=_("What came with it"))

    def __init__(self, *args: Any, sent: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        for field, label in AT_THE_DESK.items():
            self.fields[field].label = label
        self.fields["asks_for"].choices = [  # type: ignore[attr-defined]
            (SELF, _("Whoever asks")),
            (OTHER, _("Somebody else, and they ask for them")),
        ]
        self.fields["country"].choices = [  # type: ignore[attr-defined]
            ("", _("Not known")),
            ("US-CA", _("California, United States")),
            *countries.choices(),
        ]
        if sent > uploads.limit() * MOST_FILES:
            self.fields["attached"].help_text = uploads.sentence(sent)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (
            given.get("answer_by") == Request.AnswerBy.EMAIL
            and not given.get("email")
            and "email" not in self.errors
        ):
            self.add_error("email", _("Enter their e-mail address, or choose an answer by post"))
        if given.get("answer_by") == Request.AnswerBy.POST and not (
            given.get("street") and given.get("city")
        ):
            self.add_error("street", _("Enter the street and the town, or choose an answer by e-mail"))
        return given

    def given(self) -> dict[str, Any]:
        """As ``flows.receive`` takes it."""
        given = self.cleaned_data
        place = {part: given[part] for part in ("street", "postcode", "city") if given[part]}
        # California is no country an envelope can name.
        address = {**place, "country": given["country"].partition("-")[0]} if place else None
        names = ("channel", "kind", "text", "country", "name", "email", "language", "answer_by")
        return {
            **{name: given[name] for name in names},
            "address": address,
            "for_whom": self.for_whom,
            "files": given["attached"],
            "received_at": self._arrived(),
        }

    def _arrived(self) -> datetime:
        """Noon of that day at the desk that will answer, or now, where noon is still to come: the clock
        counts days.
        """
        region = versions.current().policy.company.region_of(self.cleaned_data["country"] or "*")
        noon = datetime.combine(self.cleaned_data["day"], time(12), tzinfo=clock.zone(region))
        return min(noon, timezone.now())


class AnswerForm(forms.Form):
    nobody = {
        "text": "What the person is answered: it is kept with the request.",
        "outcome": "What the company decides.",
    }

    prefix = "answer"
    text = _text(_("The answer"), required=_("Write the answer"), rows=12, most=20000)
    outcome = _choice(
        _("How does it end?"),
        [
            (one.value, one.label)
            for one in (Request.Outcome.ANSWERED, Request.Outcome.FULFILLED, Request.Outcome.DENIED)
        ],
        _("Choose how it ends"),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if "[" in text and "]" in text:
            start = text.index("[")
            raise forms.ValidationError(
                gettext("Finish the answer: “{place}” still stands in it").format(
                    place=text[start : text.index("]", start) + 1][:60]
                )
            )
        return text


class ExtensionForm(forms.Form):
    nobody = {
        "reason": "Why it takes longer: the person reads it.",
    }

    prefix = "extension"
    reason = _text(
        _("The reasons"),
        required=_("Write the reasons: the law wants them told"),
        hint=_("They are mailed to whoever asked, in these words."),
        rows=4,
    )


class AuthorityForm(forms.Form):
    nobody = {"missing": "What was not shown: the asker reads it."}

    prefix = "authority"
    missing = _text(
        _("What is missing?"), required=_("Write what is missing: they are told in these words"), rows=3
    )


class ControllerForm(ComparesWithShown):
    nobody = {
        "region": "A region of the policy.",
    }

    prefix = "controller"
    region = forms.ChoiceField(
        label=_("Who answers instead?"),
        error_messages={"required": _("Choose a controller"), "invalid_choice": _("Choose a controller")},
    )

    def __init__(self, *args: Any, now: str = "", **options: Any) -> None:
        super().__init__(*args, **{"initial": {"region": now}, **options})
        regions = versions.spoken().company.regions.values()
        self.fields["region"].choices = [("", _("Choose a controller"))] + [  # type: ignore[attr-defined]
            (one.id, one.controller.title) for one in regions if one.id != now
        ]


class ClosingForm(forms.Form):
    nobody = {
        "outcome": "What the company decides.",
        "other": "A reference of ours.",
        "reason": "Why a request is closed: the person reads it.",
    }

    prefix = "closing"
    outcome = _choice(
        _("Why does it end without an answer?"),
        [(one.value, one.label) for one in UNANSWERED],
        _("Choose why it ends"),
    )
    other = CodeField(
        label=_("The same as which request?"),
        help_text=_("Only for a duplicate: its reference, like Q-1234-5678."),
        max_length=20,
        required=False,
        error_messages={"max_length": _("A reference has 11 characters, like Q-1234-5678")},
    )
    reason = _text(_("The reasons"), hint=_("Needed for a refusal: they are told to whoever asked."), rows=3)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("outcome") == Request.Outcome.DENIED and not given.get("reason", "").strip():
            self.add_error("reason", _("Write the reasons: whoever is refused is told why"))
        if given.get("outcome") == Request.Outcome.DUPLICATE and not given.get("other"):
            self.add_error(
                "other", _("Enter the reference of the request it is the same as, like Q-1234-5678")
            )
        return given
