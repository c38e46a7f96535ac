"""A letter or a call is confirmed at the desk: who it is about, how that was checked, and who asks for them where it is somebody else."""

from __future__ import annotations

from typing import Any

from django import forms

from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.people.models import Person
from kept.rights.requests import flows
from kept.rights.requests.acting import PURPOSE, NotYet, step
from kept.rights.requests.models import Request, Step

ASKERS = (
    ("self", "The person"),
    ("lawyer", "A lawyer or other authorised person"),
    ("parent", "A parent or guardian"),
    ("heir", "An heir"),
)
CHECKS = (
    ("post-code", "A code we sent by post to the address we know came back"),
    ("call-back", "We called the number we know"),
    ("in-person", "They were here, and we know them"),
    ("authority", "We saw the proof of authority: it lies with the request"),
)
NOBODY = "We know nobody, or several people, of that e-mail address. Check it as it stands in their data"


class ByHandForm(forms.Form):
    prefix = "by-hand"
    personal = {"email": ("person.email", PURPOSE)}
    nobody = {
        "asker": "Who asks, from a short list.",
        "check": "How it was checked, from a short list.",
        "note": "What the company saw: the person reads it.",
    }

    email = forms.EmailField(
        label="E-mail address we know of the person it is about",
        error_messages={"required": "Enter the e-mail address that stands in their data"},
    )
    asker = forms.ChoiceField(label="Who asks?", choices=ASKERS)
    check = forms.ChoiceField(label="How was it checked?", choices=CHECKS)
    note = forms.CharField(
        label="What you saw", max_length=2000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="Needed where somebody asks for another: which document, of which day. Never a copy of an identity paper.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("asker") != "self" and (given.get("check") != "authority" or not given.get("note")):
            self.add_error("note", "Whoever asks for somebody else shows their authority: choose that it was seen, and write what you saw")
        return given


def confirm(*, request: Request, by: StaffReader, email: str, asker: str, check: str, note: str = "") -> None:
    """It is sure whom it is about: the controller has checked it. On the record with role and day, and on the person's timeline. Raises NotYet."""
    with gate.purpose(PURPOSE, reader=by, about=request, source="identity checked by hand") as act:
        found = list(Person.objects.find(email=email)[:2])
        if len(found) != 1:
            raise NotYet(f"{NOBODY}.")
        if request.known:
            raise NotYet("It is known already who asks.")
        who, how = dict(ASKERS)[asker], dict(CHECKS)[check]
        if request.keeper:
            act.touch(found[0].pk, what=f"The data controller checked that {request.reference} is about you")
        step(request, by, Step.Kind.CHECKED, f"Checked by hand: {who} asks. {how}"[:200], reason=note)
    told = "you asked" if asker == "self" else f"{who[:1].lower()}{who[1:]} may ask for you"
    flows.identified(request=request, person=found[0], what=f"The data controller confirmed that {told}, {request.reference}")
