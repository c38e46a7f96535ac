"""The data map says what the policy and the code say, in forms that others can read."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
import yaml
from fideslang.default_taxonomy import DEFAULT_TAXONOMY
from fideslang.models import Dataset, Organization, System
from pyld import jsonld

from kept.core.policy.model import Policy
from kept.core.register.datamap import activities, dpv, fideslang, table
from kept.core.register.inventory import personal_columns
from kept.core.register.tests.vocabulary import TERMS, terms, unread
from kept.testing import default_policy

TODAY = date(2026, 11, 24)


@pytest.fixture
def shipped() -> Policy:
    return default_policy()


def test_every_purpose_is_an_activity_and_every_personal_column_lies_in_one(shipped: Policy) -> None:
    found = activities.activities(shipped, TODAY)
    assert [one.purpose.id for one in found] == list(shipped.purposes)
    lying = {(table.name, column.name) for one in found for table, column in one.held}
    assert lying == {(table.name, column.name) for table, column in personal_columns() if column.purposes}
    assert lying


def test_the_yaml_is_valid_fideslang(shipped: Policy) -> None:
    said = yaml.safe_load(fideslang.text(shipped, TODAY))
    assert [Organization(**one) for one in said["organization"]]
    datasets = [Dataset(**one) for one in said["dataset"]]
    systems = [System(**one) for one in said["system"]]
    assert {key for one in systems for key in one.dataset_references or ()} <= {
        one.fides_key for one in datasets
    }


def test_every_key_is_of_the_public_taxonomy(shipped: Policy) -> None:
    said = yaml.safe_load(fideslang.text(shipped, TODAY))
    declared = [one for system in said["system"] for one in system["privacy_declarations"]]
    assert {one["data_use"] for one in declared} <= {use.fides_key for use in DEFAULT_TAXONOMY.data_use}
    assert {key for one in declared for key in one["data_categories"]} <= {
        category.fides_key for category in DEFAULT_TAXONOMY.data_category
    }
    assert {key for one in declared for key in one["data_subjects"]} <= {
        subject.fides_key for subject in DEFAULT_TAXONOMY.data_subject
    }
    assert {purpose.fideslang for purpose in shipped.purposes.values()} <= {
        use.fides_key for use in DEFAULT_TAXONOMY.data_use
    }


def test_a_key_that_is_not_of_the_format_is_refused(shipped: Policy) -> None:
    said = fideslang.manifest(shipped, TODAY)
    said["system"][0]["privacy_declarations"][0]["legal_basis_for_processing"] = "because"
    with pytest.raises(ValueError, match="legal_basis"):
        System(**said["system"][0])


def test_the_spreadsheet_has_a_row_for_each_purpose(shipped: Policy) -> None:
    rows = list(csv.reader(io.StringIO(table.text(shipped, TODAY))))
    heading = rows.index(list(activities.HEADINGS))
    assert [row[0] for row in rows[heading + 1 :]] == [purpose.title for purpose in shipped.purposes.values()]
    assert {len(row) for row in rows[heading:]} == {len(activities.HEADINGS)}


def test_no_cell_begins_a_formula(shipped: Policy) -> None:
    news = replace(shipped.purposes["news"], title="=HYPERLINK(1)")
    text = table.text(replace(shipped, purposes={"news": news}), TODAY)
    assert "'=HYPERLINK(1)" in text


def test_the_vocabulary_names_basis_data_and_end_of_each_process(shipped: Policy) -> None:
    said = json.loads(dpv.text(shipped, TODAY))
    by_id = {one["dct:identifier"]: one for one in said["dpv:hasProcess"]}
    assert by_id["support"]["dpv:hasLegalBasis"] == "eu-gdpr:A6-1-b"
    assert by_id["support"]["dpv:hasStorageCondition"]["dct:extent"] == "P3Y"
    assert "seminars" not in by_id, "a place that is not installed does nothing yet"


def test_a_processor_of_json_ld_reads_all_of_it(shipped: Policy) -> None:
    said = json.loads(dpv.text(shipped, TODAY))
    assert unread(said) == []
    (whole,) = jsonld.expand(said)
    process = whole["https://w3id.org/dpv#hasProcess"][0]
    assert process["https://w3id.org/dpv#hasLegalBasis"][0]["@id"].startswith(
        "https://w3id.org/dpv/legal/eu/gdpr#A6-1-"
    )
    assert terms(whole) <= TERMS


def test_a_transfer_that_died_is_named(shipped: Policy) -> None:
    abroad = next(one for one in activities.activities(shipped, TODAY) if one.transfers)
    assert abroad.transfers[0].stopped == ""
    late = next(
        one for one in activities.activities(shipped, date(2099, 1, 1)) if one.purpose.id == abroad.purpose.id
    )
    assert any(one.stopped for one in late.transfers)
