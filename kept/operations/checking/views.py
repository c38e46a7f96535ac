"""Check it yourself: what somebody kept, held against the ledger of today.

Nothing of what is pasted or sent is stored.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kept.accounts.limits.rate_limits import Limit, machine
from kept.core.ledger.notes import checkpoint, continuation, cosignature, cosignatures, sign, signed_note
from kept.core.ledger.notes.continuation import Continuation
from kept.core.ledger.verifying.offline import ProofBroken
from kept.operations.checking import local, quorum
from kept.operations.checking.consistency import Verdict
from kept.operations.checking.evidence import Evidence, EvidenceBroken, Signed, of_text, recognise
from kept.operations.lockdown import stays_open
from kept.portal.form_parts import uploads
from kept.promises import version_history
from kept.sentences import number, sentence

CHECKS = Limit("checks", 60, timedelta(minutes=10))
"""From one machine. Each may work out some ten thousand hashes."""
PASTED = 200_000
"""In characters: a mail, not a mailbox."""
MAIL = 2_000_000
"""In bytes, of a file that is no copy."""
DIRECTORY = 2_000_000
"""In bytes, of a ZIP's table of contents: some twenty thousand files."""
WITNESSES = 8_000
"""In characters: some sixty keys."""
NOTHING = sentence("Paste what you kept, or choose its file.")


class Check(forms.Form):
    """One of the two is enough; a file comes before what was pasted."""

    nobody = dict.fromkeys(
        ("text", "file"), "What she holds is compared with the ledger in memory, and kept nowhere."
    ) | dict.fromkeys(
        ("witnesses", "quorum"),
        "Public keys of others, and a number: they are asked for in memory, and kept nowhere.",
    )

    text = forms.CharField(
        required=False,
        strip=False,
        max_length=PASTED,
        label=sentence("A checkpoint, the end of a mail, or a receipt"),
        help_text=sentence("As it came: quoted, forwarded or wrapped does not matter."),
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        required=False,
        label=sentence("Or the file"),
        help_text=sentence("A copy of your data (ZIP), a receipt (JSON), a mail that you saved."),
        allow_empty_file=True,
    )

    witnesses = forms.CharField(
        required=False,
        max_length=WITNESSES,
        label=sentence("Witnesses you trust"),
        help_text=sentence(
            "Their keys, one on each line, from themselves and not from us. Leave it empty if you know none."
        ),
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={
            "max_length": sentence("These are more keys than anybody compares. Name the few that you trust.")
        },
    )
    quorum = forms.IntegerField(
        required=False,
        label=sentence("How many of them must have signed"),
        help_text=sentence("All of them, unless you say another number."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": sentence("Write how many as a number, like 2.")},
    )

    def __init__(self, *sent: Any, size: int = 0) -> None:
        """``size``: of the whole request, where its file was too large to be taken in."""
        super().__init__(*sent)
        self._size = size
        self.fields["text"].error_messages["max_length"] = _(
            "This is longer than {most} characters. Paste the end of the mail alone, or choose its file."
        ).format(most=number(PASTED))

    def clean_file(self) -> Any:
        """Raises ValidationError for what is too large, whatever it is."""
        given = self.cleaned_data["file"]
        size = given.size if given else self._size
        if uploads.too_large(size):
            limit = uploads.megabytes(uploads.limit())
            raise forms.ValidationError(
                _("The file is {size}; here the limit is {limit}. `kept verify` takes any size.").format(
                    size=uploads.megabytes(size), limit=limit
                )
            )
        return given

    def clean_witnesses(self) -> list[signed_note.Verifier]:
        """Raises ValidationError for a line that is no key of a witness, and for one that stands there
        twice.
        """
        found = dict[bytes, signed_note.Verifier]()
        for at, line in enumerate(self.cleaned_data["witnesses"].splitlines(), 1):
            if not (text := line.strip()):
                continue
            try:
                one = cosignature.verifier(text)
            except ValueError:
                raise forms.ValidationError(
                    _(
                        "Line {line} is no key of a witness. It is written name+id+base64, as the witness"
                        " prints it."
                    ).format(line=at)
                ) from None
            if found.setdefault(one.public.public_bytes_raw(), one) is not one:
                raise forms.ValidationError(
                    _("The witness on line {line} is named twice, and would not count twice.").format(line=at)
                )
        return [*found.values()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        many, asked = len(cleaned.get("witnesses") or ()), cleaned.get("quorum")
        if asked is not None and "witnesses" in cleaned and not 1 <= asked <= many:
            wrong = (
                _("Write a number from 1 to {many}, as many as you named: {asked} of {many} says nothing.")
                if many
                else _("Name the witnesses you trust first: {asked} of {many} says nothing.")
            )
            self.add_error("quorum", wrong.format(asked=asked, many=many))
        if not self.errors and not cleaned.get("file") and not str(cleaned.get("text") or "").strip():
            self.add_error("text", str(NOTHING))
        return cleaned


@stays_open
@login_not_required
@csrf_exempt  # Nothing is stored or changed, and whoever takes no cookie may check as well.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The page, and on it what holds of what was sent and what does not."""
    if request.method != "POST":
        return _page(request, Check())
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    form = Check(request.POST, request.FILES, size=0 if request.FILES else sent)
    if not CHECKS.spend(machine(request)):
        form.errors.clear()
        form.full_clean()
        form.add_error(
            None,
            _(
                "Many checks came from your network just now. Wait ten minutes, or use `kept verify` on your"
                " own machine."
            ),
        )
        return _page(request, form, status=429)
    if not form.is_valid():
        return _page(request, form, status=400)
    return _page(request, form, **_judged(form.cleaned_data))


def _judged(given: dict[str, Any]) -> dict[str, Any]:
    """What the page says: the evidence by itself, then against the ledger."""
    try:
        kept = _recognised(given)
        verdict = local.judge(kept)
    except (EvidenceBroken, ProofBroken) as broken:
        return {"verdict": Verdict(against=[str(broken)])}
    if given["witnesses"] and verdict.holds:
        least = max((one.head.size for one in kept.heads), default=0)
        quorum.hold(
            _cosigned(kept),
            given["witnesses"],
            given["quorum"] or len(given["witnesses"]),
            verdict,
            least=least,
        )
    return {
        "kept": kept,
        "verdict": verdict,
        "ended": [one for one in _continuations() if not verdict.holds and _between(kept, one)],
    }


def _cosigned(kept: Evidence) -> list[Signed]:
    """What may carry lines of witnesses: what was sent, the newest checkpoint here, and the newest that most
    of them signed.
    """
    texts = dict.fromkeys([*[one.text for one in kept.heads], cosignatures.newest(), cosignatures.agreed()])
    return [Signed(checkpoint.head_of(text), text) for text in texts if text]


def _recognised(given: dict[str, Any]) -> Evidence:
    file, key = given["file"], sign.keys()
    if not file:
        return of_text(given["text"], key)
    name = str(file.name)
    content: bytes = file.read()
    if content.startswith(b"PK") or name.lower().endswith(".zip"):
        _refuse_crowded(content)
    elif len(content) > MAIL:
        raise EvidenceBroken(
            _(
                "The file is {size}. Of a mail that large, paste the end alone: what stands after “Our"
                " ledger”."
            ).format(size=uploads.megabytes(len(content)))
        )
    return recognise(content, key, name=name)


def _refuse_crowded(content: bytes) -> None:
    """A table of contents is read whole before anything can be trusted. Raises EvidenceBroken."""
    end = content.rfind(b"PK\x05\x06")
    if end >= 0 and int.from_bytes(content[end + 12 : end + 16], "little") > DIRECTORY:
        raise EvidenceBroken(_("There are more files in it than in any copy that Kept makes."))


def _between(kept: Evidence, one: Continuation) -> bool:
    return any(one.size < signed.head.size <= one.ended_size for signed in kept.heads)


def _continuations() -> list[Continuation]:
    return [continuation.read(text) for text in continuation.texts()]


def _rotations() -> list[dict[str, Any]]:
    """How the keys of this ledger followed each other, the newest first."""
    return [
        {"at": step.at, "old": signed_note.fingerprint(step.old), "new": signed_note.fingerprint(step.new)}
        for step in reversed(sign.keys().steps)
    ]


def _page(request: HttpRequest, form: Check, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "ledger": version_history.ledger(),
        "fingerprint": sign.fingerprint(),
        "rotations": _rotations(),
        "continuations": _continuations(),
        "site": f"{settings.KEPT_SITE}/",
        **more,
    }
    return render(request, "operations/check.html", context, status=status)
