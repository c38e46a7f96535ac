"""What an error report may say: the types and the places, never a value, a message, a body or a setting."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from kept.operations.logs import places


class NoValues(SafeExceptionReporterFilter):
    """For whatever asks Django's filter by itself: there is nothing to show."""

    def get_safe_settings(self) -> dict[str, Any]:
        """No settings."""
        return {}

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        """No headers, no addresses."""
        return {}

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        """No cookies."""
        return {}

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Nothing of what was typed."""
        return {}

    def get_traceback_frame_variables(self, request: HttpRequest, tb_frame: object) -> list[tuple[str, Any]]:
        """No local variables."""
        return []


class TypesAndPlaces(ExceptionReporter):
    """Replaces Django's debug page and error mails, which print every local variable."""

    def get_traceback_text(self) -> str:
        """Types and places as plain lines."""
        return "\n".join(places(self.exc_value)) if self.exc_value else "No exception."

    def get_traceback_html(self) -> str:
        """The same as a small page without scripts."""
        lines = format_html_join("\n", "{}", ((line,) for line in self.get_traceback_text().splitlines()))
        return format_html('<!doctype html><html lang="en"><title>Error</title><h1>Something broke here</h1><pre>{}</pre></html>', lines)
