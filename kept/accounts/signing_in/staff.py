"""The door of the desk: for people who hold a post today, in a role the page is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

View = Callable[..., HttpResponseBase]


def staff_required(view: View | None = None, *, roles: Iterable[str] = ()) -> Any:
    """Open a view to staff alone: @staff_required, or @staff_required(roles=("support", "controller")).

    Whoever is not signed in never gets here (LoginRequiredMiddleware); everybody else without the post is
    refused with 403.
    """
    allowed = frozenset(roles)

    def guard(inner: View) -> View:
        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            post = getattr(request, "post_held", None)
            if post is None:
                raise PermissionDenied(_("The desk is for staff."))
            if allowed and post.role not in allowed:
                raise PermissionDenied(
                    _("This page is for {roles}. Your role is {role}.").format(
                        roles=", ".join(sorted(allowed)), role=post.role
                    )
                )
            return inner(request, *args, **kwargs)

        return guarded

    return guard if view is None else guard(view)
