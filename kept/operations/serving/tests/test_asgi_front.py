"""The front by itself, with strangers who wait, dribble, tear off and read nothing: nobody else's answer
changes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kept.operations.serving import asgi_front, bodies
from kept.operations.serving.asgi_front import Front
from kept.operations.serving.guard import Guard

NEVER = "never"
MEGABYTE = 1_000_000


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("X-Length", environ["CONTENT_LENGTH"]), ("X-Path", environ["PATH_INFO"])])
    return [body]


def request(method: str = "POST", path: str = "/", **headers: str) -> dict[str, Any]:
    named = [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    raw = path.encode()
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": raw,
        "query_string": b"",
        "headers": named,
    }


async def asked(
    app: Front, scope: dict[str, Any], *pieces: Any, reading: Callable[[], Awaitable[None]] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """The answer. ``pieces``: what arrives; NEVER: nothing any more, though the connection stays."""
    left, sent = list(pieces), []

    async def receive() -> dict[str, Any]:
        if left and left[0] == NEVER:
            await asyncio.sleep(60)
        if not left:
            return {"type": "http.request", "body": b"", "more_body": False}
        piece = left.pop(0)
        return (
            {"type": "http.disconnect"}
            if piece is None
            else {"type": "http.request", "body": piece, "more_body": bool(left)}
        )

    async def send(message: dict[str, Any]) -> None:
        if reading and message.get("more_body"):
            await reading()
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:])


def alone(task: Coroutine[Any, Any, Any], *, within: float = 60) -> Any:
    """Run it on a loop of its own: the thread of the tests may have one running, which a browser left
    there.
    """

    async def bounded() -> Any:
        return await asyncio.wait_for(task, within)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, bounded()).result()


def ask(scope: dict[str, Any], *pieces: Any, app: Front | None = None) -> tuple[int, dict[str, str], bytes]:
    return alone(asked(app or Front(echo, threads=1, upload=MEGABYTE), scope, *pieces))


def test_a_body_in_pieces_arrives_whole() -> None:
    status, headers, body = ask(request(content_length="6"), b"abc", b"def")
    assert (status, headers["x-length"], body) == (200, "6", b"abcdef")


def test_a_chunked_body_is_measured() -> None:
    assert ask(request(transfer_encoding="chunked"), b"abc", b"d")[1]["x-length"] == "4"


@pytest.mark.parametrize("piece", [b"", b"abc"])
@pytest.mark.parametrize("how", [{"content_length": "4000"}, {"transfer_encoding": "chunked"}])
def test_what_does_not_arrive_is_left(
    monkeypatch: pytest.MonkeyPatch, piece: bytes, how: dict[str, str]
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.01)
    status, headers, body = ask(request(**how), *filter(None, [piece]), NEVER)
    assert status == 408
    assert headers["connection"] == "close"
    assert b"did not arrive in time" in body and b"abc" not in body


def test_a_drop_now_and_then_does_not_buy_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)

    async def dribble() -> int:
        app, sent = Front(echo, threads=1, upload=MEGABYTE), []

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0.01)
            return {"type": "http.request", "body": b"x", "more_body": True}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await asyncio.wait_for(app(request(content_length="4000"), receive, send), 5)
        return int(sent[0]["status"])

    assert alone(dribble()) == 408


@pytest.mark.parametrize(
    ("headers", "pieces", "status"),
    [
        ({"content_length": "1048577"}, [NEVER], 413),
        ({"content_length": "99999999", "content_type": "multipart/form-data; boundary=x"}, [NEVER], 413),
        ({"transfer_encoding": "chunked"}, [b"x" * 600_000, b"x" * 600_000, NEVER], 413),
        ({"content_length": "-1"}, [NEVER], 400),
        ({"content_length": "+1"}, [NEVER], 400),
        ({"content_length": "4 4"}, [NEVER], 400),
        ({"content_length": "9" * 4000}, [NEVER], 400),
        ({"content_length": "9"}, [b"abc"], 400),
        ({"content_length": "9"}, [b"abc", None], 400),
        ({"transfer_encoding": "chunked"}, [b"abc", None], 400),
    ],
)
def test_what_cannot_be_taken_is_refused_at_once(
    headers: dict[str, str], pieces: list[Any], status: int
) -> None:
    answered, answer, body = ask(request(**headers), *pieces)
    assert answered == status
    assert answer["connection"] == "close" and int(answer["content-length"]) == len(body)
    assert "default-src 'none'" in answer["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "cookie", "language", "words"),
    [
        ("/fr/privacy/ask/", "kept_language=de", "fr", "n’est pas un nombre"),
        ("/privacy/ask/", "x=1; kept_language=de", "de", "ist keine Zahl"),
        ("/privacy/ask/", "kept_language=nl;x=1", "nl", "is geen getal"),
        ("/privacy/ask/", "not_kept_language=nl; kept_language=nl2", "en", "is no number"),
        ("/frankly/", "", "en", "is no number"),
    ],
)
def test_a_refusal_is_in_the_language_of_the_address_or_the_browser(
    path: str, cookie: str, language: str, words: str
) -> None:
    _, _, body = ask(request(path=path, content_length="-1", cookie=cookie), NEVER)
    assert f'<html lang="{language}">' in body.decode() and words in body.decode()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
def test_a_body_where_none_belongs_is_not_read_and_ends_the_connection(method: str) -> None:
    status, headers, body = ask(request(method, content_length="4000"), NEVER)
    assert (status, headers["x-length"], headers["connection"], body) == (200, "0", "close", b"")


def test_a_name_with_an_underscore_is_no_header() -> None:
    seen: dict[str, Any] = {}

    def look(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return []

    scope = request("GET", "/")
    scope["headers"] = [
        (b"x_forwarded_for", b"1.2.3.4"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"accept", b"x"),
        (b"accept", b"y"),
    ]
    ask(scope, app=Front(look, threads=1, upload=MEGABYTE))
    assert "HTTP_X_FORWARDED_FOR" not in seen
    assert (seen["HTTP_COOKIE"], seen["HTTP_ACCEPT"]) == ("a=1; b=2", "x,y")


@pytest.mark.parametrize("path", ["/health/live", "/health/started", "/health/ready"])
def test_health_answers_while_every_thread_is_busy(path: str) -> None:
    """And what comes when too many wait is told so, instead of waiting too."""
    hold = threading.Event()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/health/"):
            hold.wait(10)
        start_response("200 OK", [])
        return []

    async def meanwhile() -> list[int]:
        it = Front(app, threads=2, upload=MEGABYTE)
        waiting = [asyncio.create_task(asked(it, request("GET"))) for _ in range(300)]
        await asyncio.sleep(0)
        health = (await asyncio.wait_for(asked(it, request("GET", path)), 5))[0]
        turned_away = (await asyncio.wait_for(asked(it, request("GET")), 5))[:2]
        hold.set()
        answers = [status for status, _, _ in await asyncio.gather(*waiting)]
        return [
            health,
            turned_away[0],
            int(turned_away[1]["retry-after"]),
            answers.count(200),
            answers.count(503),
        ]

    assert alone(meanwhile()) == [200, 503, 5, 258, 42]


def test_whoever_reads_nothing_of_a_long_answer_is_left_and_it_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asgi_front, "READ_PATIENCE", 0.01)
    closed = []

    class Long:
        def __iter__(self) -> Any:
            return iter([b"x" * MEGABYTE] * 3)

        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", str(3 * MEGABYTE))])
        return Long()

    async def reading() -> None:
        await asyncio.sleep(60)

    it = Front(app, threads=1, upload=MEGABYTE)
    _, headers, body = alone(asked(it, request("GET"), reading=reading), within=5)
    # Fewer bytes than were announced: whoever reads knows that it was cut off.
    assert int(headers["content-length"]) > len(body)
    assert closed == [True]
    whole = alone(asked(it, request("GET")))[2]
    assert whole == b"x" * 3 * MEGABYTE and closed == [True, True]


@pytest.mark.parametrize("length", [[], [("Content-Length", "3000000")]])
def test_an_answer_that_breaks_is_told_without_its_values(
    length: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", length)
        yield from [b"x" * MEGABYTE] * 2
        raise ValueError("canary-7Q2")

    status, _, body = ask(request("GET"), app=Front(Guard(app), threads=1, upload=MEGABYTE))
    assert (status, len(body) < 3 * MEGABYTE) == (200 if length else 500, True)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "A request broke outside of every page."
    ]


def test_bodies_that_wait_for_a_thread_take_room_until_they_had_it() -> None:
    hold = threading.Event()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        hold.wait(10)
        return echo(environ, start_response)

    async def meanwhile() -> list[int]:
        it = Front(app, threads=1, upload=MEGABYTE)
        large = {"content_type": "multipart/form-data; boundary=x", "content_length": "4000000"}
        sent = [asyncio.create_task(asked(it, request(**large), b"x" * 4_000_000)) for _ in range(20)]
        await asyncio.sleep(0.05)
        small = asyncio.create_task(asked(it, request(content_length="3"), b"abc"))
        await asyncio.sleep(0)
        hold.set()
        answers = [status for status, _, _ in await asyncio.gather(*sent, small)]
        return [answers.count(200), answers.count(503), answers[-1]]

    # Thirty-two million bytes wait at most; forms have room beside them.
    assert alone(meanwhile()) == [9, 12, 200]
