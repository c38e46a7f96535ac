"""The desk's one box: a reference leads to the case of one's own queue, and in a matter to whose it is."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from kept.core.ledger.models import Act
from kept.desk.models import Matter
from kept.testing import staff
from kept.touchpoints.support.models import Case

pytestmark = pytest.mark.django_db
BOX = "/desk/finding/"


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.mark.parametrize("spelled", [str.upper, str.lower, " {} ".format])
def test_a_reference_leads_to_its_case_and_opens_nothing(desk: Client, case: Case, spelled: Any) -> None:
    before = Act.objects.count()
    answer = desk.post(BOX, {"text": spelled(case.reference)})
    assert answer["Location"].endswith(f"/desk/cases/{case.reference}/") and Act.objects.count() == before


def test_a_case_of_another_queue_answers_like_none(case: Case, client_of: Any) -> None:
    nothing = case.reference[:-6] + "000000"
    for role, entity in (("sales", "cet-power"), ("support", "cet-energy-solutions")):
        there = client_of(staff("Sam Peters", f"{role}@example.com", role, entity=entity))
        theirs, none = (there.post(BOX, {"text": text}) for text in (case.reference, nothing))
        assert theirs.status_code == none.status_code == 200
        assert "No case of your queue has this reference" in page(theirs)


def test_in_a_matter_it_finds_whose_it_is(desk: Client, case: Case) -> None:
    desk.post("/desk/matters/", {"channel": "phone", "purpose": "support", "text": "She calls again."})
    matter = Matter.objects.get()
    found = page(desk.post(f"/desk/matters/{matter.pk}/search/", {"text": case.reference.lower()}))
    assert "1 found" in found and "Alice Lambert" in found
    none = page(desk.post(f"/desk/matters/{matter.pk}/search/", {"text": "SUP-2026-000000"}))
    assert "Nobody found" in none
