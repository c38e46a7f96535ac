"""What a receipt says: ISO/IEC TS 27560:2023 as DPV 2.3 JSON-LD."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from kept.core.policy import law
from kept.core.policy.model import Policy

CONFORMS = "https://w3id.org/dpv/schema/dpv-27560#receipt"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "kept": "https://w3id.org/kept#",
}
STATUS = {
    "consent": "dpv:ConsentGiven",
    "withdrawal": "dpv:ConsentWithdrawn",
    "erasure": "dpv:RequestFulfilled",
    "request": "dpv:RequestAcknowledged",
}


def write(
    policy: Policy,
    *,
    number: str,
    part: int,
    kind: str,
    at: datetime,
    controller: str,
    version: int,
    control: str,
    purposes: Sequence[str],
    notice: Mapping[str, str] | None,
    more: Mapping[str, Any],
) -> dict[str, Any]:
    """The document. ``controller`` is a company's id, ``control`` the address of the choice; the data subject a random number of its own."""
    entity = policy.company.entities[controller]
    issued = timezone.localtime(at).isoformat(timespec="seconds")
    record = {
        "@type": "dpv:ConsentRecord" if kind in {"consent", "withdrawal"} else "dpv:RecordOfActivity",
        "dpv:hasDataSubject": f"urn:kept:{secrets.token_hex(8)}",
        "dpv:hasDataController": _controller(policy, controller),
        "dpv:hasJurisdiction": entity.country,
        "dpv:hasProcess": [_process(policy, id) for id in purposes if id in policy.purposes],
        "dpv:hasConsentControl": control,
        "dpv:hasConsentStatus": [{"@type": STATUS[kind], "dct:date": issued}],
        "dpv:hasNotice": dict(notice or {}),
    }
    return {
        "@context": CONTEXT,
        "dct:conformsTo": f"{CONFORMS}-eu-gdpr" if law.within_eea(entity.country) else CONFORMS,
        "dct:identifier": number,
        "dct:issued": issued,
        "kept:kind": kind,
        "kept:part": part,
        "kept:policy": {"version": version, "identity": policy.identity},
        "kept:details": dict(more),
        "dpv:hasRecordOfActivity": [record],
    }


def _controller(policy: Policy, id: str) -> dict[str, str]:
    entity = policy.company.entities[id]
    return {"dpv:hasName": entity.name, "dpv:hasAddress": ", ".join(entity.address), "dpv:hasContact": policy.company.controller_of(id).email}


def _process(policy: Policy, id: str) -> dict[str, Any]:
    purpose = policy.purposes[id]
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {"dct:identifier": id, "skos:prefLabel": purpose.title},
        "dpv:hasPersonalData": [{"dct:identifier": one, "skos:prefLabel": policy.categories[one].title} for one in purpose.uses],
        "dpv:hasRecipient": [{"dpv:hasName": one.legal_name, "dpv:hasCountry": one.country} for one in policy.recipients_of(id)],
        "dpv:hasStorageCondition": {"dct:extent": purpose.keep, "dct:description": purpose.kept_until()},
    }
