"""The public pages of the policy: anybody reads them, nobody writes, and what is wrong comes first."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import fold, versions
from kept.core.ledger.notes import sign
from kept.core.policy import loader
from kept.core.register.models import ProofAnswer
from kept.core.register.proving import proof_results, proofs
from kept.promises import wording
from kept.testing import default_policy

pytestmark = pytest.mark.django_db
PAGES = (
    "/privacy/",
    "/privacy/promises/",
    "/privacy/changes/",
    "/privacy/recipients/",
    "/privacy/versions/1/",
    "/privacy/record/",
    "/privacy/controllers/",
)
TEXTS = (
    "/privacy/record.csv",
    "/privacy/map.yaml",
    "/privacy/map.jsonld",
    "/privacy/policy.json",
    "/privacy/promises.json",
    "/privacy/key",
)


def said(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def edited(**texts: tuple[str, str]) -> Any:
    """The default policy with (before, after) replaced in <name>.toml or .md."""
    files = dict(default_policy().files)
    for name, (before, after) in texts.items():
        file = next(file for file in files if file.split("/")[-1].startswith(name.replace("_", "-")))
        assert before in files[file]
        files[file] = files[file].replace(before, after, 1)
    return loader.from_files(files)


@pytest.mark.parametrize("address", [*PAGES, *TEXTS])
def test_anybody_reads_it(client: Any, policy: Any, address: str) -> None:
    assert client.get(address).status_code == 200
    assert client.head(address).status_code == 200


@pytest.mark.parametrize("address", [*PAGES, *TEXTS, "/privacy/checkpoint"])
def test_it_rejects_post(client: Any, policy: Any, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("language", ["xx", "fr", "../../etc", "<script>", "e" * 5000, "\x00"])
def test_a_language_nobody_wrote_is_answered(client: Any, policy: Any, language: str) -> None:
    answer = client.get("/privacy/", {"language": language})
    assert answer.status_code in (200, 404) and b"<script>" not in answer.content


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999999"])
def test_a_version_that_never_was(client: Any, policy: Any, number: str) -> None:
    assert client.get(f"/privacy/versions/{number}/").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["0/000", "0/999", "9/000", "../../key", "entries/000", "0/x001", "", "0/000.p/0", "0/000.p/99999"],
)
def test_a_tile_is_found_or_not(client: Any, policy: Any, name: str) -> None:
    assert client.get(f"/tile/{name}").status_code in (200, 404)


def test_a_checkpoint_is_signed(client: Any, policy: Any) -> None:
    assert client.get("/privacy/checkpoint").status_code in (200, 404)
    fold.fold()
    answer = client.get("/privacy/checkpoint")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    assert sign.public_key() in client.get("/privacy/key").content.decode()


def test_every_clause_of_the_wording_is_there(client: Any, policy: Any) -> None:
    page = client.get("/privacy/").content.decode()
    for clause in default_policy().clauses(""):
        assert f'id="c{clause.id.replace(".", "-")}"' in page, clause.id


def test_every_promise_has_a_state_and_none_is_kept_unproven(client: Any, policy: Any) -> None:
    page = client.get("/privacy/promises/")
    for promise in default_policy().promises.values():
        assert f'id="{promise.row}"' in page.content.decode(), promise.row
    assert re.search(r"\b0 of \d+ promises are kept", said(page)), "no proof has been asked yet"
    states = {row["state"] for row in json.loads(client.get("/privacy/promises.json").content)["promises"]}
    assert states == {"unmeasured", "unproven"}, "not asked yet is neither broken nor without a proof"
    assert "Not measured yet" in said(page)


def test_asked_they_are_kept_or_broken_with_a_figure(client: Any, policy: Any, alice: Any) -> None:
    proof_results.prove()
    rows = json.loads(client.get("/privacy/promises.json").content)["promises"]
    kept = [row for row in rows if row["state"] == "kept"]
    assert kept and all(proof["figure"] and proof["unseen"] for row in kept for proof in row["proofs"])
    assert [row["id"] for row in rows if row["state"] == "broken"] == []
    first = kept[0]["proofs"][0]["id"]
    ProofAnswer.objects.filter(proof=first).update(
        state="broken", figure="1 of 3", text="Something is wrong."
    )
    page = said(client.get("/privacy/promises/"))
    assert page.index("Broken today") < page.index("Each with its proof") and "Something is wrong." in page


@pytest.mark.parametrize(("minutes", "states"), [(59, {"kept", "unproven"}), (61, {"unproven"})])
def test_an_answer_is_worth_an_hour(client: Any, policy: Any, minutes: int, states: set[str]) -> None:
    """Some promises have no proof."""
    at = timezone.now() - timedelta(minutes=minutes)
    ProofAnswer.objects.bulk_create(
        ProofAnswer(proof=proof, state="kept", figure="1", text="Counted.", at=at, since=at, seconds=1)
        for proof in proofs.PROOFS
    )
    shown = json.loads(client.get("/privacy/promises.json").content)["promises"]
    assert {row["state"] for row in shown} == states


def test_every_recipient_is_named(client: Any, policy: Any) -> None:
    page = said(client.get("/privacy/recipients/"))
    for recipient in default_policy().recipients.values():
        assert recipient.legal_name in page


def test_a_dead_contract_is_said(client: Any, policy: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        "kept.promises.recipient_list.recipient_state", lambda one, at: "The contract ended on 2026-01-01."
    )
    assert "The contract ended on 2026-01-01." in said(client.get("/privacy/recipients/"))


def test_a_change_is_told_and_the_old_version_stays(client: Any, policy: Any) -> None:
    versions.publish(edited(purposes=('keep = "P3Y"', 'keep = "P2Y"')), effective=date.today(), by="Dana")
    page = said(client.get("/privacy/changes/"))
    assert "Version 2" in page and "Version 1" in page and "Narrowed." in page
    assert client.get("/privacy/versions/1/").status_code == 200
    assert "Version 2" in said(client.get("/privacy/"))


def test_what_is_coming_is_announced(client: Any, policy: Any) -> None:
    versions.publish(
        edited(purposes=('keep = "P2Y"', 'keep = "P3Y"')),
        effective=date.today() + timedelta(days=40),
        by="Dana",
    )
    page = said(client.get("/privacy/"))
    assert "Version 2 takes effect on" in page


def test_the_json_is_the_policy(client: Any, policy: Any) -> None:
    given = json.loads(client.get("/privacy/policy.json").content)
    assert loader.from_files(given["files"]).identity == given["identity"] == default_policy().identity


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://elsewhere/x.png)",
        "<img src=x onerror=y>",
    ],
)
def test_the_wording_cannot_bring_code(text: str) -> None:
    shown = str(wording.html(text, default_policy()))
    assert "<script" not in shown and "<img" not in shown and 'href="javascript' not in shown


def test_links_elsewhere_take_nothing_along() -> None:
    assert 'rel="noopener noreferrer external"' in str(
        wording.html("[x](https://elsewhere.example/)", default_policy())
    )
    assert "rel=" not in str(wording.html("[x](/privacy/)", default_policy()))


def test_links_elsewhere_say_whose_site_it_is() -> None:
    shown = str(
        wording.html(
            "[x](https://elsewhere.example/) and [y](https://northamerica.example.com/a) and"
            " <https://cppa.ca.gov/>",
            default_policy(),
        )
    )
    assert re.findall('data-outward="([a-z]+)"', shown) == ["other", "group", "authority"]
    assert re.findall("</svg>([^<]+)</span></a>", shown) == [
        "other company’s site",
        "our group’s site",
        "an authority’s site",
    ]


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/", 8),
        ("/privacy/", 10),
        ("/privacy/promises/", 8),
        ("/privacy/changes/", 8),
        ("/privacy/recipients/", 6),
        ("/privacy/policy.json", 3),
        ("/products/", 12),
    ],
)
def test_queries_per_page(
    client: Any, policy: Any, django_assert_max_num_queries: Any, address: str, most: int
) -> None:
    client.get(address)
    with django_assert_max_num_queries(most):
        client.get(address)


def test_each_region_says_who_answers_and_to_whom_one_can_complain(client: Any, policy: Any) -> None:
    page = said(client.get("/privacy/controllers/"))
    for region in default_policy().company.regions.values():
        for word in (
            region.title,
            region.controller.email,
            region.controller.authority,
            default_policy().company.entities[region.entity].name,
        ):
            assert word in page
    assert "Belgium" in page and "California" in page and "Every country that no other region names" in page
