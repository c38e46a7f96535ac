"""One matter leads to so many searches and people; more needs a reason, and the controller is told."""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.register.hooks.desk import QUEUES
from kept.core.register.proving import proofs
from kept.core.vault.readers import StaffReader
from kept.desk import flows, matter_bounds
from kept.desk.matter_bounds import OPENED, SEARCHES, SHOWN
from kept.desk.models import Excess, Matter
from kept.desk.tests.conftest import said
from kept.testing import customer

pytestmark = pytest.mark.django_db(transaction=True)
REASON = {"why": "names", "reason": "Five people called Zander rang today"}


@pytest.fixture
def many(policy: Any) -> list[Any]:
    return [customer(f"Zoe{letter} Zander", f"zoe{letter}@example.com") for letter in "abcdefghijklmno"]


def search(desk: Any, matter: Matter, text: str) -> Any:
    return desk.post(f"/desk/matters/{matter.pk}/search/", {"text": text})


def go_on(desk: Any, matter: Matter, **given: str) -> Any:
    return desk.post(f"/desk/matters/{matter.pk}/going-on/", {**REASON, **given}, follow=True)


def test_people_found_come_to_their_bound(
    desk: Any, matter: Matter, many: list[Any], dana: Any, client_of: Any
) -> None:
    shown = [search(desk, matter, f"zoe{letter}@example.com") for letter in "abcde"]
    assert all("1 found" in said(page) for page in shown)
    # What would go past it is cut off, not refused: seven more, of fifteen that fit.
    assert "7 found" in said(search(desk, matter, "Zander"))
    stopped = search(desk, matter, "zoeo@example.com")
    assert stopped.status_code == 403 and "Zoeo" not in said(stopped)
    assert f"come to its bound of {SEARCHES.words}" in said(stopped) and "say why and go on at once" in said(
        stopped
    )
    assert "Find a person" not in said(desk.get(f"/desk/matters/{matter.pk}/"))
    assert "Find a person" in said(go_on(desk, matter))
    assert "1 found" in said(search(desk, matter, "zoeo@example.com"))


def test_searches_that_find_nobody_come_to_theirs(desk: Any, matter: Matter) -> None:
    for _ in range(SEARCHES.most):
        assert "Nobody found" in said(search(desk, matter, "nobody@example.com"))
    assert search(desk, matter, "nobody@example.com").status_code == 403
    assert Matter.objects.get().searches == SEARCHES.most


def test_people_opened_come_to_theirs_and_the_same_one_again_is_none(
    desk: Any, matter: Matter, many: list[Any]
) -> None:
    for user in (*many[: OPENED.most], many[OPENED.most - 1]):
        assert (
            desk.post(f"/desk/matters/{matter.pk}/person/", {"person": str(user.person_id)}).status_code
            == 302
        )
    stopped = desk.post(f"/desk/matters/{matter.pk}/person/", {"person": str(many[9].person_id)})
    assert stopped.status_code == 403 and f"come to its bound of {OPENED.words}" in said(stopped)
    assert Matter.objects.get().person_id == many[OPENED.most - 1].person_id


@pytest.mark.parametrize(
    "given", [{"why": ""}, {"why": "because"}, {"reason": ""}, {"reason": "x"}, {"reason": "x" * 301}]
)
def test_without_a_reason_nothing_goes_on(desk: Any, matter: Matter, given: dict[str, str]) -> None:
    Matter.objects.update(searches=SEARCHES.most)
    assert go_on(desk, matter, **given).status_code == 422
    assert Matter.objects.get().reasons == 0 and not Excess.objects.exists()


def test_the_controller_is_told_and_says_that_she_looked(
    desk: Any, matter: Matter, dana: Any, client_of: Any
) -> None:
    Matter.objects.update(searches=SEARCHES.most)
    go_on(desk, matter)
    hers = client_of(dana)
    assert (
        QUEUES["beyond"].waiting(_reader("cet-power")) == 1
        and QUEUES["beyond"].waiting(_reader("another")) == 0
    )
    page = said(hers.get("/desk/beyond/"))
    assert (
        f"Matter {matter.number}, support" in page
        and "Several people of one name" in page
        and "6 searches" in page
    )
    assert REASON["reason"] not in page
    for row in ("", "x", "9" * 40, "²"):
        assert hers.post("/desk/beyond/", {"row": row}).status_code == 302
    hers.post("/desk/beyond/", {"row": str(Excess.objects.get().pk)})
    assert "none that you have not looked at" in said(hers.get("/desk/beyond/"))
    assert desk.get("/desk/beyond/").status_code in (403, 404)


def test_the_page_of_promises_counts_from_the_ledger(desk: Any, matter: Matter, many: list[Any]) -> None:
    search(desk, matter, "Zander")
    told = proofs.run("desk.bound_to_matters")
    assert (
        told.state == proofs.KEPT
        and "10 people were found under 1 matters, 10 under one; 0 times" in told.text
    )
    # Somebody takes the count back in the row. The ledger has it.
    for _ in range(2):
        Matter.objects.update(searches=0, shown=0)
        search(desk, matter, "Zander")
    told = proofs.run("desk.bound_to_matters")
    assert told.state == proofs.BROKEN and f"30 under matter {matter.number}, with 0 reasons" in told.text
    for _ in range(2):
        go_on(desk, matter)
    assert proofs.run("desk.bound_to_matters").state == proofs.KEPT


def test_many_people_under_many_matters_are_told_too(desk: Any, many: list[Any], bob: Any) -> None:
    """A new matter costs a click: three of them, each within its bound, show thirty people."""
    reader = StaffReader(role="support", entity="cet-power", actor=bob.subject)
    for _ in range(3):
        flows.open_matter(reader=reader, purpose="support", channel="phone", text="Somebody called")
    for matter in Matter.objects.order_by("number"):
        assert not Excess.objects.exists() or matter == Matter.objects.order_by("number")[2]
        matter_bounds.take(matter, SHOWN, 10)
    told = Excess.objects.get()
    assert (told.why, told.shown) == ("many", 30)


def test_two_at_once_do_not_both_get_the_last(matter: Matter) -> None:
    Matter.objects.update(shown=SHOWN.most - 1)
    matter_bounds.take(matter, SHOWN)
    with pytest.raises(matter_bounds.BoundReached):
        matter_bounds.take(matter, SHOWN)
    assert Matter.objects.get().shown == SHOWN.most


def _reader(entity: str) -> Any:
    return type("Reader", (), {"entity": entity})()
