"""Small forms on public pages, that set no cookie before somebody chose something.

They carry no token, so the page that holds one needs no cookie of its own. What a stranger's page could do by
them is to set a preference back; where they come from is looked at all the same, and a session's cookie is
not sent along from another site (SameSite=Lax).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseForbidden
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _


def refused(request: HttpRequest) -> HttpResponseForbidden | None:
    """What a form is answered that did not come from a page of ours; None where it did."""
    origin = request.headers.get("Origin")
    if origin is None or origin == f"{request.scheme}://{request.get_host()}":
        return None
    return HttpResponseForbidden(
        _("This form did not come from our own site. Choose on our page."),
        content_type="text/plain; charset=utf-8",
    )


def page_before(request: HttpRequest, otherwise: str) -> str:
    """The page the form stood on, as it says in ``page``: an address of this site, or ``otherwise``."""
    page = request.POST.get("page", "")
    return page if leads_here(page) else otherwise


def leads_here(address: str) -> bool:
    """Whether an address that somebody sent stays on this site."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
