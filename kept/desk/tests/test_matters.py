"""Opening, working on and closing a matter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.desk.models import Matter
from kept.desk.tests.conftest import OPENING, said
from kept.testing import reader_of, staff

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_opens_one(desk: Any, bob: Any) -> None:
    answer = desk.post("/desk/matters/", OPENING)
    matter = Matter.objects.get()
    assert answer.status_code == 302 and answer.url == f"/desk/matters/{matter.pk}/"
    page = said(desk.get(answer.url))
    assert "The fan of her rectifier hums." in page and "Nobody yet" in page
    assert matter.matter_open and matter.opener == bob.subject


def test_two_have_two_numbers(desk: Any) -> None:
    for _ in range(2):
        desk.post("/desk/matters/", OPENING)
    assert sorted(Matter.objects.values_list("number", flat=True)) == [1001, 1002]


def test_it_rejects_get(desk: Any, matter: Any) -> None:
    for address in (
        "/desk/matters/",
        *(f"/desk/matters/{matter.pk}/{verb}/" for verb in ("search", "person", "reveal", "closing")),
    ):
        assert desk.get(address).status_code == 405, address


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"channel": ""}, "Choose how they got in touch"),
        ({"channel": "pigeon"}, "Choose how they got in touch from the list"),
        ({"purpose": "sales-of-her-data"}, "Choose what for from the list"),
        ({"text": ""}, "Write who got in touch, and about what"),
        ({"text": "x" * 2001}, "Keep it under 2,000 characters"),
        (
            {"text": "a\x00b"},
            "There is a character in it that cannot be seen. Type it by hand instead of pasting it",
        ),
    ],
)
def test_a_mistake_loses_nothing(desk: Any, wrong: Any, sentence: str) -> None:
    answer = desk.post("/desk/matters/", {**OPENING, **wrong})
    assert answer.status_code == 422 and sentence in said(answer)
    assert "text" in wrong or OPENING["text"] in said(answer)
    assert not Matter.objects.exists()


def test_it_requires_a_post_at_the_desk(client: Any, client_of: Any, charlie: Any, matter: Any) -> None:
    for address in ("/desk/", f"/desk/matters/{matter.pk}/"):
        assert client.get(address).status_code == 302
        assert client_of(charlie).get(address).status_code == 403
    assert client_of(charlie).post("/desk/matters/", OPENING).status_code == 403


def test_it_requires_a_role_that_helps(client_of: Any, dana: Any, matter: Any) -> None:
    assert "Matters are opened by those who help customers" in said(client_of(dana).get("/desk/"))
    assert client_of(dana).post("/desk/matters/", OPENING).status_code == 403
    assert client_of(dana).get(f"/desk/matters/{matter.pk}/").status_code == 403


def test_another_role_and_another_company_do_not_see_it(client_of: Any, matter: Any) -> None:
    sales = staff("Saskia", "sales@example.com", "sales")
    abroad = staff("Sam", "sam@example.com", "support", entity="cet-energy-solutions")
    for other in (sales, abroad):
        for verb in ("", "search/", "person/", "reveal/", "closing/"):
            client = client_of(other)
            answer = (
                client.post(f"/desk/matters/{matter.pk}/{verb}")
                if verb
                else client.get(f"/desk/matters/{matter.pk}/")
            )
            assert answer.status_code == 404, verb
    assert Matter.objects.get().matter_open


def test_one_that_does_not_exist(desk: Any) -> None:
    assert desk.get(f"/desk/matters/{uuid4()}/").status_code == 404


def test_it_becomes_hers_with_its_text(desk: Any, hers: Any, alice: Any, bob: Any) -> None:
    assert hers.keeper == alice.subject
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert Matter.objects.get().text == OPENING["text"]
        kinds = [(one.kind, one.role) for one in timeline(alice.subject)]
    assert ("opened", "support") in kinds
    assert "you got in touch by phone call" in " ".join(
        str(one.detail.get("what", "")) for one in _about(alice)
    )


def _about(user: Any) -> list[Any]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return timeline(user.subject)


def test_a_person_who_does_not_exist_changes_nothing(desk: Any, matter: Any) -> None:
    for wrong in (str(uuid4()), "Alice", ""):
        assert desk.post(f"/desk/matters/{matter.pk}/person/", {"person": wrong}).status_code == 422
    assert Matter.objects.get().person is None


def test_closing_it_closes_what_it_opened(desk: Any, hers: Any) -> None:
    answer = desk.post(f"/desk/matters/{hers.pk}/closing/", follow=True)
    assert f"Matter {hers.number} is closed." in said(answer)
    page = said(desk.get(f"/desk/matters/{hers.pk}/"))
    assert "is closed" in page and "Alice" not in page and OPENING["text"] not in page


def test_closing_it_twice_keeps_the_first_time(desk: Any, hers: Any) -> None:
    desk.post(f"/desk/matters/{hers.pk}/closing/")
    first = Matter.objects.get().closed_at
    desk.post(f"/desk/matters/{hers.pk}/closing/")
    assert Matter.objects.get().closed_at == first


@pytest.mark.parametrize("verb", ["search", "person", "reveal"])
def test_nothing_opens_in_a_closed_one(desk: Any, hers: Any, alice: Any, verb: str) -> None:
    desk.post(f"/desk/matters/{hers.pk}/closing/")
    before = len(_about(alice))
    given = {
        "text": "alice@example.com",
        "person": str(alice.subject),
        "field": "phone_typed",
        "reason": "To call her back",
    }
    answer = desk.post(f"/desk/matters/{hers.pk}/{verb}/", given)
    assert "is closed" in said(answer) and "Alice" not in said(answer)
    assert len(_about(alice)) == before


def test_it_closes_itself_after_an_hour_without_work(desk: Any, hers: Any) -> None:
    Matter.objects.update(worked_at=timezone.now() - timedelta(minutes=61))
    assert "is closed" in said(desk.get(f"/desk/matters/{hers.pk}/"))
    assert f"Matter {hers.number}" not in said(desk.get("/desk/"))


def test_sales_opens_enquiries_of_its_own(policy: Any, client_of: Any) -> None:
    seller = staff("Bob Martin", "seller@example.com", "sales")
    answer = client_of(seller).post("/desk/matters/", {**OPENING, "purpose": "sales"})
    assert answer.status_code == 302
    assert OPENING["text"] in said(client_of(seller).get(answer.url))


def test_support_does_not_open_for_sales(desk: Any) -> None:
    assert desk.post("/desk/matters/", {**OPENING, "purpose": "sales"}).status_code == 422
