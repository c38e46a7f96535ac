"""The page behind the link of ``kept setup``: the first member of staff chooses a password, once."""

from __future__ import annotations

from typing import Any

from allauth.account import views as library
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.utils.decorators import method_decorator


@method_decorator(login_not_required, name="dispatch")
class Welcome(library.PasswordResetFromKeyView):
    """The library's view in our own words. A link that was used, is too old or was changed says so."""

    def get_template_names(self) -> list[str]:
        """One page to choose a password, another when there is nobody to choose one."""
        return ["operations/welcome.html" if self.reset_user else "operations/welcome_over.html"]

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """200, or 410 Gone when the link opens nothing any more."""
        return super().render_to_response(context, **options, status=200 if self.reset_user else 410)
