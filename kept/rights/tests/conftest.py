"""Alice, who has proven once more that it is her, and what a page of hers says."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.vault import gate
from kept.desk import flows as desk
from kept.desk.models import Matter
from kept.testing import PASSWORD, reader_of


def said(response: Any) -> str:
    """The words of a page, tags and doubled blanks taken away."""
    return in_words(response.content.decode())


def everything(client: Client, address: str = "/me/") -> str:
    """The source of *Your data*, with every section that is folded opened, and all pages of each."""
    found, wanted = [client.get(address).content.decode()], list[str]()
    wanted += re.findall(r'data-opens="([^"]+)"', found[0])
    for opened in wanted:
        found.append(client.get(opened).content.decode())
        wanted += re.findall(r'<a href="([^"]+)" rel="next"', found[-1])
    return "\n".join(found)


def in_words(source: str) -> str:
    """The words of a source, tags and doubled blanks taken away."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", source)))


def prove(client: Client) -> Client:
    """Prove once more that it is you."""
    client.post("/account/reauthenticate/?next=/me/", {"password": PASSWORD})
    return client


@pytest.fixture
def hers(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def sure(hers: Client) -> Client:
    """Her browser, moments after she typed her password again."""
    return prove(hers)


def help_her(world: Any, bob: User, alice: User, *, reason: str = "") -> None:
    """Bob opens a matter and finds her; with a reason he opens her phone."""
    matter = desk.open_matter(
        reader=world.staff(bob), purpose="support", channel="mail", text="=Alarm contact, she writes."
    )
    desk.concern(reader=world.staff(bob), matter=matter, person=alice.person)
    if reason:
        desk.reveal(reader=world.staff(bob), matter=matter, field="phone_typed", reason=reason)


def write_many(user: User, records: int) -> None:
    """So many matters of hers, as if she had got in touch that often."""
    with gate.purpose("support", reader=reader_of(user), about=user.person, source="a test"):
        rows = [
            Matter(
                number=5000 + number,
                purpose="support",
                channel="mail",
                keeper=user.subject,
                opener=uuid4(),
                role="support",
                entity="cet-power",
                text=f"Matter of record {number}",
                person=user.person,
            )
            for number in range(records)
        ]
        Matter.objects.bulk_create(rows, batch_size=500)
