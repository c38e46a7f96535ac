"""From an address to a country and a provider: what tables know, and "" for everything else."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from kept.environment import ROOT
from kept.portal.regions import checks, mmdb_tables, origins
from kept.portal.regions.mmdb_tables import Table, TableError
from kept.portal.regions.origins import Origins
from kept.portal.regions.tests import mmdb

BELGIAN, CANADIAN, BELGIAN_6 = "193.190.198.1", "142.150.1.1", "2001:6a8::1"
BUILT_IN = Origins.open()


@pytest.mark.parametrize(
    ("address", "country"),
    [(BELGIAN, "BE"), (CANADIAN, "CA"), (BELGIAN_6, "BE"), (f"::ffff:{BELGIAN}", "BE"), ("8.8.8.8", "US")],
)
def test_the_built_in_table_knows_the_country(address: str, country: str) -> None:
    assert BUILT_IN.country(address) == country


NOWHERE = [
    "",
    "garbage",
    "10.1.2.3",
    "127.0.0.1",
    "::1",
    "fe80::1%eth0",
    "192.168.0.1",
    "fc00::1",
    "0.0.0.0",
    "255.255.255.255",
    "8.8.8.8:80",
    " 8.8.8.8",
    "8.8",
    "\ud800",
    "٨.٨.٨.٨",
    "8" * 70_000,
    None,
    8,
    b"8.8.8.8",
]


@pytest.mark.parametrize("address", NOWHERE, ids=lambda one: repr(one)[:20])
def test_what_is_no_public_address_is_nowhere(address: object, tmp_path: Path) -> None:
    everything = mmdb.write(
        tmp_path / "all.mmdb",
        {"0.0.0.0/1": {"country": {"iso_code": "FR"}}, "128.0.0.0/1": {"country": {"iso_code": "FR"}}},
    )
    for table in (BUILT_IN, Origins.open(everything, everything)):
        assert (table.country(address), table.provider(address)) == ("", "")


@given(st.text() | st.ip_addresses().map(str))
def test_it_never_raises(text: str) -> None:
    assert len(BUILT_IN.country(text)) in (0, 2)


def test_an_operator_s_own_table_wins_and_knows_providers(tmp_path: Path) -> None:
    country = mmdb.write(
        tmp_path / "c.mmdb",
        {"193.190.0.0/16": {"country": {"iso_code": "LU"}}, "2001:6a8::/32": {"country_code": "NL"}},
    )
    provider = mmdb.write(
        tmp_path / "p.mmdb",
        {"193.190.0.0/16": {"autonomous_system_organization": " Test\n Net "}},
        kind="Test-ASN",
    )
    own = Origins.open(country, provider)
    assert [own.country(one) for one in (BELGIAN, BELGIAN_6, f"::ffff:{BELGIAN}", CANADIAN)] == [
        "LU",
        "NL",
        "LU",
        "",
    ]
    assert [own.provider(one) for one in (BELGIAN, CANADIAN)] == ["Test Net", ""]
    assert (
        own.source
        == "The country is looked up in the operator's table Test-Country, built on 21 September 2026. "
        "The provider is looked up in the operator's table Test-ASN, built on 21 September 2026."
    )


@pytest.mark.parametrize(
    "record",
    [
        "BE",
        {"country": {}},
        {"country": ["BE"]},
        {"country": {"iso_code": "EU"}},
        {"country": "be"},
        ["BE"],
        {},
    ],
)
def test_a_record_of_another_shape_says_nothing(record: object, tmp_path: Path) -> None:
    own = Origins.open(mmdb.write(tmp_path / "c.mmdb", {"193.190.0.0/16": record}), tmp_path / "c.mmdb")
    assert (own.country(BELGIAN), own.provider(BELGIAN)) == ("", "")


def test_it_says_how_old_the_built_in_table_is() -> None:
    since = origins.built_in_since()
    assert since is not None and date(2026, 1, 1) < since <= date.today()
    assert f"built on {since.day} {since:%B %Y}" in BUILT_IN.source and "iptocc" in BUILT_IN.source
    assert "No provider is looked up." in BUILT_IN.source


@pytest.mark.parametrize("bill", [None, "", "{}", '{"metadata": {"timestamp": "soon"}}', '{"metadata": []}'])
def test_an_age_nobody_wrote_down_is_unknown(bill: str | None) -> None:
    assert origins.built_in_since(lambda: bill) is None


def test_a_changed_file_is_read_again_and_a_broken_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mmdb_tables, "LOOK_AGAIN", 0.0)
    file = tmp_path / "c.mmdb"
    own = Origins.open(mmdb.write(file, {"193.190.0.0/16": {"country": {"iso_code": "LU"}}}))
    assert own.country(BELGIAN) == "LU"
    os.truncate(file, 40)  # in place: a process that maps the file would die of it
    assert own.country(BELGIAN) == "LU"
    file.unlink()
    assert own.country(BELGIAN) == "LU"
    mmdb.write(file, {"193.190.0.0/16": {"country": {"iso_code": "AT"}}})
    assert own.country(BELGIAN) == "AT"


def test_no_copy_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mmdb_tables.tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    Table(mmdb.write(tmp_path / "c.mmdb", {"193.190.0.0/16": {}}))
    assert list((tmp_path / "temp").iterdir()) == []


def test_a_missing_or_broken_file_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"not a table")
    with pytest.raises(
        TableError,
        match=(
            r"^There is no table of addresses at .*none\.mmdb\. Put the \.mmdb file there, or leave the"
            r" setting out\.$"
        ),
    ):
        Origins.open(tmp_path / "none.mmdb")
    with override_settings(KEPT_COUNTRIES=tmp_path / "none.mmdb", KEPT_PROVIDERS=broken):
        said = [finding.msg for finding in checks.tables_can_be_read()]
    assert [one.split(" is wrong. ")[0] for one in said] == ["KEPT_COUNTRIES", "KEPT_PROVIDERS"]
    assert said[1].endswith(
        "is not a table of addresses in MaxMind's format. Fetch it again, or leave the setting out."
    )
    assert checks.tables_can_be_read() == []


def test_a_process_without_django_can_use_it() -> None:
    code = (
        "import sys; sys.modules['django'] = None\nfrom kept.portal.regions.origins import"
        " Origins\nprint(Origins.open().country('193.190.198.1'))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "BE\n"
