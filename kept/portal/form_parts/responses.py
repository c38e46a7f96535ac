"""Answers of more than one room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def invalid(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A form that was refused, shown again as it was typed, with status 422 (RFC 9110, 15.5.21) and never
    from a cache.
    """
    answer = render(request, template, dict(context), status=422)
    answer["Cache-Control"] = "no-store"
    return answer
