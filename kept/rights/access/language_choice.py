"""The chooser's button: this language from now on, in this browser and in the profile of who is signed in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kept.accounts.requests import KnownRequest
from kept.core.vault import gate
from kept.core.vault.readers import SelfReader
from kept.dates import LANGUAGES
from kept.portal.context import shell
from kept.portal.form_parts import own_forms
from kept.portal.languages import choice
from kept.portal.languages.middleware import SETTLED
from kept.rights.access.profile import ATTRIBUTES, RIGHT
from kept.rights.correction.flows import directly


# The page it stands on may be anybody's: see own_forms.
@csrf_exempt
@login_not_required
@require_POST
def language(request: KnownRequest) -> HttpResponse:
    """Leads back to the page the button stood on, now in that language."""
    if refused := own_forms.refused(request):
        return refused
    code = request.POST.get("language", "")
    if code not in LANGUAGES:
        raise Http404
    _into_the_profile(request, code)
    page = own_forms.page_before(request, "/")
    address = page if request.person else choice.address(page, code)
    answer: Any = HttpResponseRedirect(address if own_forms.leads_here(address) else "/")
    setattr(answer, SETTLED, True)
    choice.remember(answer, shell(request).ruling.policy, code)
    return answer


def _into_the_profile(request: KnownRequest, code: str) -> None:
    person = request.person
    if person is None or person.language == code or not isinstance(request.reader, SelfReader):
        return
    with (
        transaction.atomic(),
        gate.purpose(RIGHT, reader=request.reader, about=person, source="the choice of a language"),
    ):
        directly(reader=request.reader, person=person, changes={"language": code}, attributes=ATTRIBUTES)
