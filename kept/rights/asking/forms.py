"""What asking asks for. One column, each field with its why; nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.people import addresses
from kept.people.forms import AddressFields, CountryField, NameField
from kept.rights.asking import controller_for
from kept.rights.asking.guards import matching
from kept.rights.asking.guards.bot_guard import Guarded
from kept.rights.asking.guards.fields import FilesField
from kept.rights.requests import request_kinds
from kept.rights.requests.askers.for_whom import NOT_SAID, OTHER, ForSomebodyElse

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PURPOSE = "requests"
ASKED = ("rights.request", PURPOSE)
TOPICS = [
    ("held", _("What you know about me")),
    ("recipients", _("Who received my data")),
    ("why", _("Why you have it, and for how long")),
    ("news", _("News and advertising")),
    ("cookies", _("Cookies and measurement")),
    ("security", _("How my data is protected")),
    ("complaint", _("A complaint")),
    ("other", _("Something else")),
]
LONGEST = 8000
NO_ADDRESS = _(
    "Enter an e-mail address. If you have none, choose an answer by post and give your postal address"
)


def _text(label: StrOrPromise, *, missing: StrOrPromise, **options: Any) -> forms.CharField:
    told = {"required": missing, "max_length": _("Keep it under 8,000 characters, or attach a file")}
    return forms.CharField(
        label=label, max_length=LONGEST, widget=forms.Textarea({"rows": 6}), error_messages=told, **options
    )


class CountryOfTheAsker(CountryField):
    """Cleans to "BE", or to a part of a country that has a law of its own, "US-CA"."""

    def __init__(self) -> None:
        told = {"required": _("Choose your country"), "invalid_choice": _("Choose a country from the list")}
        super().__init__(
            label=_("Your country"),
            help_text=_("It decides which company of the group answers you, and whose law counts."),
            error_messages=told,
        )
        self.choices = controller_for.choices


class LanguageOfTheAnswer(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__(
            label=_("Language of the answer"),
            choices=controller_for.languages,
            error_messages={
                "required": _("Choose a language"),
                "invalid_choice": _("Choose a language from the list"),
            },
        )


class AskForm(Guarded, ForSomebodyElse, AddressFields):
    """A question to the data controller."""

    nobody = {
        "answer_by": "How to answer, not who asks.",
    }

    personal = {
        "country": ("request.address", PURPOSE),
        "topic": ASKED,
        "question": ("request.text", PURPOSE),
        "attachments": ASKED,
        "name": ("request.name", PURPOSE),
        "email": ("request.email", PURPOSE),
        "street": ("request.address", PURPOSE),
        "language": ("contact.preferences", PURPOSE),
    }
    address_required = False
    proofs = "attachments"
    field_order = (
        "country",
        "topic",
        "question",
        "attachments",
        "asks_for",
        *ForSomebodyElse.WHOM,
        "answer_by",
        "email",
        "name",
        "street",
        "postcode",
        "city",
        "area",
        "language",
        "website",
    )

    country = CountryOfTheAsker()
    topic = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose a topic")), *TOPICS],
        error_messages={
            "required": _("Choose what it is about"),
            "invalid_choice": _("Choose a topic from the list"),
        },
    )
    question = _text(
        _("Your question"),
        missing=_("Tell us your question"),
        help_text=_("No serial numbers or identity papers are needed to ask."),
    )
    attachments = FilesField(label=_("Files"))
    answer_by = forms.ChoiceField(
        label=_("How shall we answer?"),
        choices=[("email", _("By e-mail")), ("post", _("By post"))],
        initial="email",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how we shall answer"),
            "invalid_choice": _("Choose how we shall answer"),
        },
    )
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    name = NameField(
        label=_("Your name"),
        required=False,
        help_text=_("Only if you wish to be addressed by it. An answer by post needs it."),
    )
    language = LanguageOfTheAnswer()

    def __init__(
        self, *args: Any, origins: Mapping[str, str] | None = None, sent: int = 0, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.origins = origins or {}
        self.fields["attachments"].sent = sent  # type: ignore[attr-defined]

    @property
    def post_fields(self) -> list[Any]:
        return [self[name] for name in ("street", "postcode", "city", "area")]

    @property
    def by_post(self) -> bool:
        """Whether the postal address stands open: it is wanted, filled in, or wrong."""
        return (
            self["answer_by"].value() == "post"
            or any(field.value() or field.errors for field in self.post_fields)
            or "email" in self.errors
        )

    def clean(self) -> dict[str, Any] | None:
        cleaned = Guarded.clean(self)
        if self.cleaned_data.get("answer_by") == "post":
            self._clean_address()
        elif not self.cleaned_data.get("email") and "email" not in self.errors:
            if self.address:
                # An address by post and none by e-mail says by itself how we can answer.
                self.cleaned_data["answer_by"] = "post"
                self._clean_address()
            else:
                self.add_error("email", NO_ADDRESS)
        return cleaned

    def _clean_address(self) -> None:
        if not self.cleaned_data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Enter your name: a letter needs one"))
        country = self.cleaned_data.get("country", "")
        for part, wrong in (
            addresses.check(self.address, country.partition("-")[0]).items() if country else ()
        ):
            self.add_error(part if part in self.fields else None, wrong)

    @property
    def postal(self) -> dict[str, str] | None:
        """As a request keeps it: its country stands in it."""
        return (
            {**self.address, "country": self.cleaned_data["country"].partition("-")[0]}
            if self.address
            else None
        )


class RequestForm(Guarded, ForSomebodyElse):
    """A right, used without signing in.

    The code that comes by mail says that it was them; nobody sends an identity paper.
    """

    personal = {
        "country": ("request.address", PURPOSE),
        "kind": ASKED,
        "details": ("request.text", PURPOSE),
        "email": ("request.email", PURPOSE),
        "proof": ASKED,
        "authority_files": ASKED,
        "name": ("representative.name", PURPOSE),
        "language": ("contact.preferences", PURPOSE),
    }
    proofs = "authority_files"
    field_order = (
        "country",
        "kind",
        "details",
        "asks_for",
        *ForSomebodyElse.WHOM,
        "authority_files",
        "name",
        "email",
        "proof",
        "language",
        "website",
    )

    country = CountryOfTheAsker()
    kind = forms.ChoiceField(
        label=_("What shall we do?"),
        choices=request_kinds.offered,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what we shall do"),
            "invalid_choice": _("Choose what we shall do from the list"),
        },
    )
    details = _text(
        _("Anything we should know?"),
        missing="",
        required=False,
        help_text=_("For a correction: what is wrong, and what is right."),
    )
    email = forms.EmailField(
        label=_("E-mail address we know"),
        max_length=254,
        help_text=(
            _(
                "We send a code there, whoever it belongs to. It is the address you gave us before. Where"
                " you ask for somebody else, it is yours."
            )
        ),
        error_messages={"required": _("Enter the e-mail address you gave us before")},
    )
    authority_files = FilesField(label=_("Files that show it"))
    name = NameField(
        label=_("Your own name"), required=False, help_text=_("The person is told who asked for them.")
    )
    proof = forms.CharField(
        label=_("Serial number or reference"),
        max_length=60,
        required=False,
        help_text=(
            _(
                "Of a product you registered, or of a registration or case of yours. It stands in for an"
                " identity paper, which we never ask for. Without one a person checks, which takes longer."
            )
        ),
        widget=forms.TextInput(
            {"class": "code", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"max_length": _("A serial number or a reference has 60 characters or fewer")},
    )
    language = LanguageOfTheAnswer()

    def __init__(
        self,
        *args: Any,
        signed_in: bool = False,
        origins: Mapping[str, str] | None = None,
        sent: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.origins = origins or {}
        self.fields["authority_files"].sent = sent  # type: ignore[attr-defined]
        if signed_in:
            # Her session says who she is.
            del self.fields["proof"]
            self.fields["email"].label, self.fields["email"].help_text = (
                _("E-mail address"),
                _("The answer goes there."),
            )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("kind") == "correction" and not self.cleaned_data.get("details", "").strip():
            self.add_error("details", _("Write what is wrong, and what is right"))
        if self.cleaned_data.get("authority_files") and self.cleaned_data.get("asks_for") != OTHER:
            self.add_error("asks_for", NOT_SAID)
        return cleaned

    @property
    def text(self) -> str:
        """What the desk reads: what shall be done, what was said, and what was named to confirm who asks."""
        given = self.cleaned_data
        lines = [f"{request_kinds.KINDS[given['kind']].offered}.", given["details"].strip()]
        if given.get("proof", "").strip():
            lines.append(gettext("Named to confirm who asks: {proof}").format(proof=given["proof"].strip()))
        return "\n\n".join(line for line in lines if line)[:LONGEST]

    @property
    def named(self) -> str:
        return matching.read(self.cleaned_data.get("proof", ""))


class StatusForm(forms.Form):
    """The reference is no secret; the code is, and goes into no address."""

    nobody = {
        "reference": "The number of a request.",
        "code": "A code that we sent. It is compared, and kept nowhere.",
    }

    reference = forms.CharField(
        label=_("Reference"),
        max_length=20,
        widget=forms.TextInput({"class": "short code", "autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=(
            _("Shown when you sent it, and in our confirmation: 12 letters and figures, like 7KQ4-M2XD-9TP1.")
        ),
        # Not the keyboard of figures that a code from a mail gets.
        widget=forms.TextInput(
            {
                "class": "short code",
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
                "inputmode": "text",
            }
        ),
        error_messages={
            "required": _("Enter the code"),
            "max_length": _("A code has 12 letters and figures"),
        },
    )


class FreshCodeForm(forms.Form):
    """A code that was mailed a moment ago."""

    nobody = {
        "code": "A code that we sent. It is compared, and kept nowhere.",
    }

    code = forms.CharField(
        label=_("Code from our mail"),
        max_length=40,
        help_text=_("8 figures."),
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short code"}
        ),
        error_messages={
            "required": _("Enter the code from our mail"),
            "max_length": _("The code has 8 figures"),
        },
    )


class CodeForm(FreshCodeForm):
    personal = {"proof": ASKED}
    proof = forms.CharField(
        label=_("Serial number or reference"),
        max_length=60,
        required=False,
        help_text=_("Only if you named none when you asked."),
        widget=forms.TextInput(
            {"class": "code", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )
