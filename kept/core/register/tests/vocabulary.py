"""The terms of W3C DPV 2.3 that our documents use, as its published vocabulary has them, and what a processor
makes of a document.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyld import jsonld

DPV = "https://w3id.org/dpv#"
# Looked up in dpv.ttl of version 2.3; a term that is not there, like RecordOfActivity, reads well and means
# nothing to a machine.
TERMS = frozenset(
    {
        "ConsentControl",
        "ConsentGiven",
        "ConsentRecord",
        "ConsentWithdrawn",
        "Consumer",
        "Customer",
        "DataController",
        "DataSubject",
        "Employee",
        "JobApplicant",
        "PersonalData",
        "PrivacyNotice",
        "Process",
        "Purpose",
        "Recipient",
        "RecordsOfActivities",
        "RequestAcknowledged",
        "RequestFulfilled",
        "RightExerciseRecord",
        "SensitivePersonalData",
        "ServiceConsumer",
        "StorageDuration",
        "Visitor",
        "hasAddress",
        "hasConsentControl",
        "hasConsentStatus",
        "hasContact",
        "hasCountry",
        "hasDataController",
        "hasDataSubject",
        "hasJurisdiction",
        "hasLegalBasis",
        "hasName",
        "hasNotice",
        "hasPersonalData",
        "hasProcess",
        "hasPurpose",
        "hasRecipient",
        "hasRecordOfActivity",
        "hasRequestStatus",
        "hasStorageCondition",
    }
)
RANGES = {
    "hasConsentStatus": {"ConsentGiven", "ConsentWithdrawn"},
    "hasRequestStatus": {"RequestAcknowledged", "RequestFulfilled"},
    "hasConsentControl": {"ConsentControl"},
    "hasNotice": {"PrivacyNotice"},
}


def terms(expanded: Any) -> set[str]:
    """Every DPV term in an expanded document: keys, types and names of things."""
    return {text.removeprefix(DPV) for text in _texts(expanded) if text.startswith(DPV)}


def out_of_range(expanded: Any) -> list[str]:
    """Properties whose values are of a type that they do not take."""
    found = []
    for node in _nodes(expanded):
        for property, allowed in RANGES.items():
            for value in node.get(DPV + property, ()):
                types = {one.removeprefix(DPV) for one in value.get("@type", ())}
                if not types & allowed:
                    found.append(f"{property}: {types}")
    return found


def unread(document: dict[str, Any]) -> list[str]:
    """Keys of a document that a processor drops without a word."""
    dropped: list[str] = []
    jsonld.expand(document, on_property_dropped=dropped.append)
    return dropped


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(one)


def _texts(value: Any) -> Iterator[str]:
    for node in _nodes(value):
        yield from node
        yield from node.get("@type", ())
        yield str(node.get("@id", ""))
