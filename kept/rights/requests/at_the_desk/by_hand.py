"""A letter or a call is confirmed at the desk: who it is about, how that was checked, and who asks for them
where it is somebody else.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.people.text_fields import CodeField
from kept.rights.requests.askers import authority_checks
from kept.rights.requests.at_the_desk.person_search import one_person
from kept.rights.requests.course.in_text import in_text
from kept.rights.requests.course.verbs import PURPOSE, NotYet, lacks_authority, locked, step
from kept.rights.requests.models import Authority, Request, Step
from kept.sentences import sentence

SELF = "self"
ASKERS = ((SELF, sentence("The person")), *Authority.Relation.choices)
CHECKS = (
    ("post-code", sentence("A code we sent by post to the address we know came back")),
    ("call-back", sentence("We called the number we know")),
    ("in-person", sentence("They were here, and we know them")),
    ("authority", sentence("We saw the proof of authority")),
)
NO_CLUE = _(
    "Enter what we know of the person it is about: an e-mail address, a phone number, a serial number, or a"
    " name with its postcode"
)
ONLY_OF = {
    Authority.Telling.DEAD: Authority.Relation.HEIR,
    Authority.Telling.CHILD: Authority.Relation.PARENT,
}
"""Who alone may be answered without the person being told."""


class ByHandForm(forms.Form):
    """Who it is about, who asks, and how it was checked. Nobody needs an e-mail address."""

    prefix = "by-hand"
    personal = {
        "email": ("person.email", PURPOSE),
        "phone": ("person.phone", PURPOSE),
        "name": ("person.name", PURPOSE),
        "postcode": ("person.address", PURPOSE),
        "number": ("rights.request", PURPOSE),
    }
    nobody = {
        "asker": "Who asks, from a short list.",
        "check": "How it was checked, from a short list.",
        "proof": "Which of the files that came with it.",
        "telling": "Whether the person is told, from a short list.",
        "note": "What the company saw: the person reads it.",
    }

    email = forms.EmailField(
        label=_("E-mail address we know of the person it is about"),
        required=False,
        help_text=_("One of these is enough where nobody else has it. All that is filled in must fit."),
    )
    phone = CodeField(label=_("Phone number we know of them"), max_length=40, required=False)
    number = CodeField(label=_("Serial number of a product of theirs"), max_length=60, required=False)
    name = forms.CharField(
        label=_("Their name"),
        max_length=200,
        required=False,
        help_text=_("Together with the postcode we know."),
    )
    postcode = CodeField(label=_("Their postcode"), max_length=20, required=False)
    asker = forms.ChoiceField(label=_("Who asks?"), choices=ASKERS)
    check = forms.ChoiceField(label=_("How was it checked?"), choices=CHECKS)
    proof = forms.ChoiceField(
        label=_("Which file shows it?"), required=False, help_text=_("Only where somebody asks for another.")
    )
    note = forms.CharField(
        label=_("What you saw"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "Needed where somebody asks for another: which document, of which day. Never a copy of an"
            " identity paper."
        ),
    )
    telling = forms.ChoiceField(
        label=_("Is the person told that somebody asked for them?"),
        required=False,
        choices=Authority.Telling.choices,
        help_text=_(
            "Only where somebody asks for another. Before an erasure, the address we know gets the link that"
            " undoes it all the same: whoever wrongly says that somebody is dead must not be able to erase"
            " them unheard."
        ),
    )

    def __init__(self, *args: Any, files: int = 0, **options: Any) -> None:
        super().__init__(*args, **options)
        shown = [
            ("", gettext("None of them: a note that it was seen")),
            *((str(place), gettext("File {place}").format(place=place)) for place in range(1, files + 1)),
        ]
        self.fields["proof"].choices = shown  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        known = [given.get(one) for one in ("email", "phone", "number")]
        if not self.errors and not any(known) and not (given.get("name") and given.get("postcode")):
            self.add_error("email", NO_CLUE)
        asker, telling = given.get("asker"), given.get("telling") or Authority.Telling.TOLD
        given["telling"] = telling
        if asker != SELF and (given.get("check") != "authority" or not given.get("note")):
            self.add_error(
                "note",
                _(
                    "Whoever asks for somebody else shows their authority: choose that it was seen, and write"
                    " what you saw"
                ),
            )
        if asker == SELF and given.get("check") == "authority":
            self.add_error(
                "check",
                _("Who asks for themselves needs no authority. Choose who asks, or how else it was checked"),
            )
        if telling in ONLY_OF and asker != ONLY_OF[telling]:
            self.add_error(
                "telling",
                gettext("Only where {relation} asks. Otherwise the person is told").format(
                    relation=in_text(ONLY_OF[telling].label)
                ),
            )
        return given


def confirm(
    *,
    request: Request,
    by: StaffReader,
    asker: str,
    check: str,
    note: str = "",
    telling: str = "told",
    proof: str = "",
    **known: str,
) -> None:
    """It is sure whom it is about, and that whoever asks may: the controller has checked it.

    One act, one transaction. Raises NotYet.

    ``known``: what we know of the person, as ``person_search.one_person`` takes it. ``proof``: the place of a
    file among those that came with it.
    """
    who, how = dict(ASKERS)[asker], dict(CHECKS)[check]
    with (
        gate.purpose(PURPOSE, reader=by, about=request, source="identity checked by hand") as act,
        transaction.atomic(),
    ):
        act.kind = "identified"
        row = locked(request)
        person = one_person(**known)
        if row.known:
            raise NotYet(gettext("It is known already who asks."))
        if asker == SELF and lacks_authority(row):
            raise NotYet(gettext("It was asked for somebody else. Choose who asks."))
        what = sentence("Checked by hand: {who} asks. {how}", who=who, how=how)
        step(row, by, Step.Kind.CHECKED, what, reason=note)
        if asker == SELF:
            authority_checks.settle_identity(
                row,
                person,
                what=sentence(
                    "The data controller confirmed that you asked, {reference}", reference=row.reference
                ),
            )
        else:
            file = row.attachments.order_by("at", "pk")[int(proof) - 1].file if proof else None
            authority_checks.confirm(
                row, person, by=by, relation=asker, seen=note, telling=telling, proof=file
            )
    request.refresh_from_db()
