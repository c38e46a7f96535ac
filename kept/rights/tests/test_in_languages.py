"""The rights in other languages: what is shown, what is kept of what was shown, and what stays English for
machines.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.utils import translation

from kept.core.consent import choices
from kept.core.consent.models import ShownNotice
from kept.core.ledger import versions
from kept.core.ledger.notes import sign
from kept.core.register.inventory import personal_columns
from kept.portal.visitors import device_consent
from kept.rights.access import person_timeline
from kept.rights.access.records import Fact, Group, Record
from kept.rights.access.value_names import KNOWN, SOURCES, called, source_in_words
from kept.rights.cookies.tests.conftest import browser
from kept.rights.copies.archive import as_json
from kept.rights.copies.manifest import verify
from kept.rights.receipts.models import Receipt
from kept.rights.receipts.offline import document_of
from kept.rights.tests.conftest import said

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_value_about_people_has_a_name_in_each_language() -> None:
    known = {str(name) for name in KNOWN}
    assert {called(column.attribute) for _, column in personal_columns()} <= known


def test_a_source_is_said_with_its_reference() -> None:
    with translation.override("de"):
        assert source_in_words("your registration REG-2026-7KQ4M2") == "Ihre Registrierung REG-2026-7KQ4M2"
        assert source_in_words("sign-up") == "Anlegen der ID"
        assert source_in_words("a room of tomorrow") == "a room of tomorrow"
        assert not [str(one) for one in SOURCES if str(one) == "".join([one])]


def test_her_data_speaks_german(hers: Any) -> None:
    page = said(hers.get("/de/me/"))
    assert "Das ist alles:" in page and "warum · wer · bis wann" in page
    assert "Aus: Anlegen der ID" in page
    assert "why · who · until when" not in page and "You close your ID" not in page


def test_two_languages_of_one_answer_are_kept_apart(hers: Any) -> None:
    for address, until in (("/me/", "Until when"), ("/de/me/", "Bis wann"), ("/fr/me/", "Jusqu’à quand")):
        assert until in said(hers.get(address))


def test_what_was_shown_with_a_yes_is_kept_in_its_language(hers: Any, alice: Any) -> None:
    answer = hers.post("/fr/me/choices/", {"purpose": "news", "verb": "yes"})
    assert answer.status_code == 302 and answer.url.startswith("/fr/me/choices/")
    one = choices.history(alice.person.pk)[0]
    notice = choices.Notice(one.notice.text, one.notice.clause, one.notice.policy)
    assert one.notice.language == "fr" and "Données utilisées" in one.notice.text
    assert one.notice.hash == notice.hash("fr")
    signed = document_of(Receipt.objects.get(act=one.act).text)
    assert signed["dpv:hasRecordOfActivity"][0]["dpv:hasNotice"]["language"] == "fr"
    assert signed["kept:details"] == {"What was chosen": "Yes"}


def test_a_banner_is_kept_in_its_language(policy: Any) -> None:
    client = browser()
    assert "Notwendige Cookies" in said(client.get("/de/"))
    assert "Essential cookies" in said(client.get("/"))
    answer = client.post("/de/privacy/cookies/choice/", {"answer": "yes", "kinds": "preference", "next": "/"})
    assert answer.status_code == 302
    request = client.get("/de/").wsgi_request
    assert device_consent.chosen(request).language == "de"
    assert "Notwendige Cookies" in ShownNotice.objects.get(language="de").text


def test_the_timeline_is_said_in_the_language_of_whoever_reads_it(hers: Any) -> None:
    hers.post("/me/choices/", {"purpose": "news", "verb": "yes"})
    assert "You said yes to “News in the categories you choose”" in said(hers.get("/me/timeline/"))
    german, dutch = said(hers.get("/de/me/timeline/")), said(hers.get("/nl/me/timeline/"))
    assert "Sie haben Ja gesagt zu „Neuigkeiten in den Kategorien, die Sie wählen“" in german
    assert "U hebt ja gezegd tegen" in dutch and "Nieuws in de categorieën die u kiest" in dutch
    assert "News in the categories" not in german + dutch


def test_an_older_act_is_said_by_its_words(policy: Any) -> None:
    happening: Any = _Act({"what": "You took over a product, HND-2026-7KQ4M2"})
    with translation.override("fr"):
        told = person_timeline.line(happening, versions.spoken())
    assert told.sentence == "Vous avez repris le produit de quelqu’un, HND-2026-7KQ4M2."


class _Act:
    """An entry from before acts kept what their words are made of."""

    def __init__(self, detail: dict[str, Any]) -> None:
        self.kind, self.role, self.purpose, self.note, self.about = "changed", "self", "", "", ""
        self.detail, self.payload, self.policy, self.act, self.term = detail, {}, 1, uuid4(), ""
        self.at = datetime(2026, 5, 3, 7, 40, tzinfo=UTC)


def test_a_receipt_is_read_in_german_and_signed_as_it_was(hers: Any, alice: Any) -> None:
    hers.post("/me/choices/", {"purpose": "news", "verb": "no"})
    number = Receipt.objects.get().number
    page = said(hers.get(f"/de/privacy/receipts/{number}/"))
    assert "Was gewählt wurde" in page and "Nein" in page
    assert "What was chosen" in Receipt.objects.get().text


def test_a_copy_speaks_french_to_her_and_the_same_to_machines(sure: Any, tmp_path: Any) -> None:
    answer = sure.post("/fr/me/copy/", {"scope": "all"})
    file = tmp_path / "copy.zip"
    file.write_bytes(answer.content)
    copy = ZipFile(io.BytesIO(answer.content))
    index = copy.read("index.html").decode()
    assert '<html lang="fr">' in index and "Ce qu’elle contient" in index
    person = json.loads(copy.read("data/people_person.json"))
    names = {value["field"]: value["name"] for record in person["records"] for value in record["values"]}
    assert names["person.name"] == "Name"
    assert (
        copy.read("data/people_person.csv").decode("utf-8-sig").startswith("enregistrement,champ,catégorie,")
    )
    assert verify(file, sign.public_key()).files > 5


def test_json_is_the_same_whoever_reads_it() -> None:
    fact = Fact("Telefon", "person.phone", "contact.phone", "Telefon", "1", (), None, "", None, "phone")
    group = Group("Über Sie", "people_person", (Record("1", "", (fact,)),))
    with translation.override("de"):
        assert json.loads(as_json(group))["records"][0]["values"][0]["name"] == "Phone"


def test_the_profile_offers_what_the_portal_speaks(hers: Any) -> None:
    page = hers.get("/me/profile/").content.decode()
    for name in ("English", "Français", "Deutsch", "Nederlands"):
        assert name in page


def test_a_language_takes_effect_with_the_answer_that_keeps_it(hers: Any, alice: Any) -> None:
    form = hers.get("/me/profile/").context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    page = said(hers.post("/me/profile/", {**given, "language": "nl"}, follow=True))
    assert "Uw profiel is gerectificeerd." in page


def test_a_day_among_her_data_is_written_as_the_page_speaks() -> None:
    def shown(value: str) -> str:
        return Fact("Due", "request.due", "rights.request", "", value, (), None, "", None).shown

    assert shown("2026-12-27") == "27 December 2026"
    with translation.override("fr"):
        assert shown("2026-12-27") == "27 décembre 2026"
    for text in ("2026-13-27", "1204-88-22", "2026-1-2-3"):
        assert shown(text) == text
