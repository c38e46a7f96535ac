"""A portal with many faults, each at an address of its own or in a middleware: what the walk must see.

Never part of the program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from kept.people.models import Person
from kept.urls import urlpatterns as real

View = Callable[[HttpRequest], HttpResponse]
SHOWN: list[str] = []
"""A name the walk gave somebody, as a page would show it that asks no gate."""


class SetsACookie:
    """An outer middleware: it stands outside the guard over cookies, and sets one past ``response.cookies``'
    own guard.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if request.path == "/privacy/":
            answer.set_cookie("outer", "1")
        if answer.status_code == 404:
            answer.set_cookie("on_errors", "1")
        if request.path == "/products/":
            answer["Cache-Control"] = "public, max-age=60"
        return answer


def page(html: str, **headers: str) -> View:
    """A page that says this, to everybody."""

    @login_not_required
    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"<!doctype html><title>x</title>{html}", headers=headers)

    return view


@login_not_required
def raw_cookie(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x", headers={"Set-Cookie": "raw=1; Path=/"})


@login_not_required
def undeclared(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse("x")
    answer.set_cookie("undeclared", "1")
    return answer


@login_not_required
def raw_optional(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        "x", headers={"Set-Cookie": "kept_seen=2026-01; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"}
    )


@login_not_required
def sends_away(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("https://buyer.example.net/")


def shows(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in, with her name in an address; and to everybody the last who was."""
    if request.user.is_authenticated:
        word = _first_name(request)
        SHOWN[:] = [word]
        return HttpResponse(f"<a href='/?who={word}'>{word}</a>")
    return HttpResponse("".join(SHOWN))


def _first_name(request: HttpRequest) -> str:
    # As the greeting of the shell knows her.
    return str(request.session.get("portal.first_name", ""))


@login_not_required
def tells_everybody(request: HttpRequest) -> HttpResponse:
    return shows(request)


def bare(view: View) -> View:
    """Without the headers that middlewares would set."""

    @login_not_required
    def naked(request: HttpRequest) -> HttpResponse:
        answer: Any = view(request)
        answer._csp_exempt = True
        answer.xframe_options_exempt = True
        return answer

    return naked


class Curious(forms.Form):
    nobody = {"known": "A test's."}

    known = forms.CharField()
    shoe_size = forms.CharField()


@login_not_required
def asks_at_random(request: HttpRequest) -> HttpResponse:
    form = Curious()
    return HttpResponse(f'<form method="post">{form["known"]}{form["shoe_size"]}</form>')


PAGES: dict[str, View] = {
    "raw-cookie/": raw_cookie,
    "undeclared/": undeclared,
    "raw-optional/": raw_optional,
    "posts-elsewhere/": page(
        '<form action="https://buyer.example.net/take" method="post"><input name="email"></form>'
    ),
    "posts-by-button/": page(
        '<form method="post"><button formaction="//buyer.example.net/">Go</button></form>'
    ),
    "script/": page('<script src="https://tracker.example.net/t.js"></script>'),
    "image/": page('<img src="//tracker.example.net/1.gif" alt="">'),
    "font/": page('<link rel="preload" as="font" href="https://fonts.example.net/f.woff2">'),
    "prefetch/": page('<link rel="dns-prefetch" href="//tracker.example.net">'),
    "srcset/": page('<img src="/x.png" srcset="/x.png 1x, https://tracker.example.net/x.png 2x" alt="">'),
    "by-header/": page("x", Link="<https://tracker.example.net/>; rel=preload"),
    "style/": lambda request: HttpResponse(
        "a{background:url(https://tracker.example.net/b.png)}", content_type="text/css"
    ),
    "sends-on/": page('<meta http-equiv="refresh" content="0; url=https://buyer.example.net/">'),
    "ping/": page('<a href="/" ping="https://tracker.example.net/">x</a>'),
    "inline/": page('<p onclick="x()">x</p>'),
    "link/": page('<a href="https://other.example.net/">Elsewhere</a>'),
    "slashes/": page('<a href="/\\other.example.net/">Elsewhere</a>'),
    "redirect/": sends_away,
    "by-hand/": page(
        '<form action="/by-hand/" method="post"><input name="shoe_size"><select name="taste"></select></form>'
    ),
    "undrawn/": asks_at_random,
    "stray/": page('<input name="email" type="email">'),
    "naked/": bare(page("x")),
    "fails/": login_not_required(
        lambda request: Person.objects.get(pk="00000000-0000-4000-8000-000000000000") and HttpResponse("x")
    ),
    "shows/": tells_everybody,
}
PAGES["style/"] = login_not_required(PAGES["style/"])
urlpatterns = [*(path(name, view) for name, view in PAGES.items()), *real]
