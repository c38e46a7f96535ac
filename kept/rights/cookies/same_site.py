"""Whether a form was sent from a page of ours, told by what the browser says of itself.

A choice about cookies must need no cookie.

A browser that knows neither header says at least which page it comes from; one that says nothing at all is
not believed: else another site could give a yes in somebody's name.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def from_here(request: HttpRequest) -> bool:
    fetched = request.META.get("HTTP_SEC_FETCH_SITE")
    if fetched is not None:
        return bool(fetched == "same-origin")
    said = request.META.get("HTTP_ORIGIN") or request.META.get("HTTP_REFERER", "")
    try:
        page = urlsplit(said)
    except ValueError:
        return False
    ours = {f"{request.scheme}://{request.get_host()}", settings.KEPT_SITE}
    return f"{page.scheme}://{page.netloc}" in ours
