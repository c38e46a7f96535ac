"""Logs and error reports hold types and places, never a value.

A canary is planted in every spot that could leak.
"""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve

from kept.operations.silence.error_reports import NoValues, TypesAndPlaces
from kept.operations.silence.log_filters import WithoutValues

CANARY = "canary-7Q2"


def _break() -> None:
    where = CANARY
    try:
        raise KeyError(where)
    except KeyError as first:
        raise ValueError(f"could not use {where}") from first


@pytest.fixture
def broken() -> ValueError:
    try:
        _break()
    except ValueError as error:
        return error
    raise AssertionError


def record(name: str, message: str, *values: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, values, None)
    for key, value in more.items():
        setattr(made, key, value)
    return made


@pytest.fixture
def request_with_canaries() -> HttpRequest:
    request = RequestFactory().post(f"/health/live?q={CANARY}", {"name": CANARY}, HTTP_USER_AGENT=CANARY)
    request.COOKIES["kept_session"] = CANARY
    request.resolver_match = resolve("/health/live")
    return request


@pytest.mark.parametrize("as_json", [False, True])
def test_a_librarys_message_is_not_written(
    as_json: bool, request_with_canaries: HttpRequest, broken: ValueError
) -> None:
    entry = record(
        "django.request", "Internal Server Error: %s", CANARY, request=request_with_canaries, status_code=500
    )
    entry.exc_info = (type(broken), broken, broken.__traceback__)
    line = WithoutValues(as_json=as_json).format(entry)
    assert CANARY not in line
    assert "500" in line and "POST" in line and "health/live" in line
    assert "builtins.ValueError" in line and "builtins.KeyError" in line
    assert "test_error_reports.py" in line and "_break" in line


def test_our_own_message_is_written_as_it_is() -> None:
    line = WithoutValues().format(record("kept.worker", "The job %s failed.", "ledger.fold"))
    assert "The job ledger.fold failed." in line


def test_json_is_one_object_a_line() -> None:
    line = WithoutValues(as_json=True).format(record("kept.worker", "Two\nlines"))
    assert json.loads(line)["message"] == "Two\nlines"
    assert "\n" not in line


def test_the_debug_page_holds_no_value(request_with_canaries: HttpRequest, broken: ValueError) -> None:
    report = TypesAndPlaces(request_with_canaries, type(broken), broken, broken.__traceback__)
    for text in (report.get_traceback_html(), report.get_traceback_text()):
        assert CANARY not in text
        assert "builtins.ValueError" in text


def test_the_filter_shows_nothing(request_with_canaries: HttpRequest) -> None:
    shown = NoValues()
    frame = sys._getframe()
    assert not any(
        [
            shown.get_safe_settings(),
            shown.get_safe_request_meta(request_with_canaries),
            shown.get_safe_cookies(request_with_canaries),
            shown.get_post_parameters(request_with_canaries),
            shown.get_traceback_frame_variables(request_with_canaries, frame),
        ]
    )


def test_django_uses_both(settings: object) -> None:
    assert settings.DEFAULT_EXCEPTION_REPORTER == "kept.operations.silence.error_reports.TypesAndPlaces"  # type: ignore[attr-defined]
    assert settings.DEFAULT_EXCEPTION_REPORTER_FILTER == "kept.operations.silence.error_reports.NoValues"  # type: ignore[attr-defined]
    handlers = {
        handler for name in ("", "django", "django.request") for handler in logging.getLogger(name).handlers
    }
    assert all(
        isinstance(handler.formatter, WithoutValues) or "pytest" in type(handler).__module__
        for handler in handlers
    )
