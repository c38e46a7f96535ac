"""What an error report may say: the types and the places, never a value, a message, a body or a setting."""

from __future__ import annotations

from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from kept.operations.silence.log_filters import places


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

    def get_traceback_frame_variables(self, request: HttpRequest, tb_frame: object) -> ItemsView[str, Any]:
        """No local variables."""
        return dict[str, Any]().items()


class TypesAndPlaces(ExceptionReporter):
    """Replaces Django's debug page and error mails, which print every local variable."""

    def get_traceback_text(self) -> SafeString:
        """Types and places as plain lines."""
        return format_html_join("\n", "{}", ((line,) for line in self._lines()))

    def get_traceback_html(self) -> SafeString:
        """The same as a small page without scripts."""
        lines = self.get_traceback_text()
        return format_html(
            '<!doctype html><html lang="en"><title>Error</title><h1>Something broke'
            " here</h1><pre>{}</pre></html>",
            lines,
        )

    def _lines(self) -> list[str]:
        return places(self.exc_value) if self.exc_value else ["No exception."]
