"""The language of a page, from its address or its reader; and the links of a page with one in its address.

Views, forms and guards see bare addresses. What leaves for ``/fr/…`` leads on to ``/fr/…``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils import translation

from kept.accounts.requests import KnownRequest
from kept.dates import LANGUAGES
from kept.portal.languages import choice, pseudo

# Files and what machines read have no language.
_LINK = re.compile(rb"""(\s(?:href|action|formaction)=")(/(?!/|static/|(?:fr|de|nl)/)[^"]*")""")
SETTLED = "language_settled"
"""An answer that leads to another language says so by this attribute."""


class AddressedLanguage:
    """Takes the language out of the address before anything reads it; puts it into the page's own links."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        addressed, bare = choice.split(request.path_info)
        if request.path_info[1:] in LANGUAGES[1:] and request.method in {"GET", "HEAD"}:
            # As people type it: the first page in that language.
            return HttpResponsePermanentRedirect(f"{request.path_info}/")
        if addressed:
            request.path = request.path_info = bare
        request.addressed_language = addressed  # type: ignore[attr-defined]
        with translation.override(addressed or choice.chosen(request) or choice.SOURCE):
            answer = self.get_response(request)
            if answer.get("Content-Type", "").startswith("text/html"):
                answer["Content-Language"] = translation.get_language()
        if addressed and not getattr(answer, SETTLED, False):
            _lead_on(answer, addressed)
        return answer


class ReadersLanguage:
    """Whoever is signed in reads in the language of their profile, where the address names none."""

    def __init__(self, get_response: Callable[[KnownRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: KnownRequest) -> HttpResponse:
        person = request.person
        settled = request.addressed_language or choice.chosen(request) == pseudo.CODE
        if person is not None and not settled and person.language in LANGUAGES:
            translation.activate(person.language)
        return self.get_response(request)


def _lead_on(answer: HttpResponse, language: str) -> None:
    leads_to = answer.get("Location", "")
    if leads_to.startswith("/") and not leads_to.startswith("//"):
        answer["Location"] = choice.address(leads_to, language)
    if answer.streaming or not answer.get("Content-Type", "").startswith("text/html"):
        return
    answer.content = _LINK.sub(rb"\1/" + language.encode() + rb"\2", answer.content)
    if "Content-Length" in answer:
        answer["Content-Length"] = str(len(answer.content))
