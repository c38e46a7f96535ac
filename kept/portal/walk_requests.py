"""Whether a request is one of the portal's own walk through itself (``operations/walk``): it is answered like
any other, and not counted.
"""

from __future__ import annotations

from django.http import HttpRequest

MARK = "kept.walker"
"""A key of the WSGI environment. What comes over a socket can only set names that begin with HTTP_."""


def is_walker(request: HttpRequest) -> bool:
    return MARK in request.META
