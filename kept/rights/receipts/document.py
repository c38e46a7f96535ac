"""What a receipt says, as DPV 2.3 JSON-LD that a JSON-LD processor expands without losing a key.

A receipt of a choice is a consent receipt of ISO/IEC TS 27560:2023 and says so. One of an erasure or of a
request is none, and claims no profile; nor does any claim the one of the GDPR, which wants more than a
receipt has to say (sources, automation, necessity).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from kept.core.policy.model import Policy
from kept.sentences import Sentence, english

CONFORMS = "https://w3id.org/dpv/schema/dpv-27560#receipt"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "loc": "https://w3id.org/dpv/loc#",
    "kept": "urn:kept:terms:",
    # Keys without a prefix are ours, and what a room adds is kept as it was written.
    "@vocab": "urn:kept:terms:",
    "kept:details": {"@type": "@json"},
    "kept:said": {"@type": "@json"},
}
CONSENT = {"consent": "dpv:ConsentGiven", "withdrawal": "dpv:ConsentWithdrawn"}
REQUEST = {"erasure": "dpv:RequestFulfilled", "request": "dpv:RequestAcknowledged"}


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
    """The document.

    ``controller`` is a company's id, ``control`` the address of the choice; the data subject a random number
    of its own.
    """
    entity = policy.company.entities[controller]
    issued = timezone.localtime(at).isoformat(timespec="seconds")
    record = {
        "@type": "dpv:ConsentRecord" if kind in CONSENT else "dpv:RightExerciseRecord",
        "dpv:hasDataSubject": {"@id": f"urn:kept:{secrets.token_hex(8)}", "@type": "dpv:DataSubject"},
        "dpv:hasDataController": _controller(policy, controller),
        "dpv:hasJurisdiction": {"@id": f"loc:{entity.country}"},
        "dpv:hasProcess": [_process(policy, id) for id in purposes if id in policy.purposes],
        **_status(kind, issued, control),
    }
    if notice:
        record["dpv:hasNotice"] = {
            "@type": "dpv:PrivacyNotice",
            **notice,
            **({"dct:language": said} if (said := notice.get("language")) else {}),
        }
    return {
        "@context": CONTEXT,
        **({"dct:conformsTo": {"@id": CONFORMS}} if kind in CONSENT else {}),
        "dct:identifier": number,
        "dct:issued": issued,
        "kept:kind": kind,
        "kept:part": part,
        "kept:policy": {"version": version, "identity": policy.identity},
        "kept:details": {english(name): _plain(value) for name, value in more.items()},
        **({"kept:said": made_of} if (made_of := _said(more)) else {}),
        "dpv:hasRecordOfActivity": [record],
    }


def _plain(value: Any) -> Any:
    """A sentence as its English text, which is what is signed and what machines read."""
    return english(value) if isinstance(value, str) else value


def _said(more: Mapping[str, Any]) -> dict[str, Any]:
    """What the details that name values are made of, so that a page says them in its reader's language."""
    return {
        english(name): value.packed()
        for name, value in more.items()
        if isinstance(value, Sentence) and value.values
    }


def _status(kind: str, issued: str, control: str) -> dict[str, Any]:
    """A choice has the status of a consent, and the place where it is changed; a right that was used the
    status of a request.
    """
    if kind in REQUEST:
        return {"dpv:hasRequestStatus": [{"@type": REQUEST[kind], "dct:date": issued}]}
    return {
        "dpv:hasConsentStatus": [{"@type": CONSENT[kind], "dct:date": issued}],
        "dpv:hasConsentControl": {"@id": control, "@type": "dpv:ConsentControl"},
    }


def _controller(policy: Policy, id: str) -> dict[str, str]:
    entity = policy.company.entities[id]
    return {
        "@type": "dpv:DataController",
        "dct:identifier": id,
        "dpv:hasName": entity.name,
        "dpv:hasAddress": ", ".join(entity.address),
        "dpv:hasContact": policy.company.controller_of(id).email,
    }


def _process(policy: Policy, id: str) -> dict[str, Any]:
    purpose = policy.purposes[id]
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {"@type": "dpv:Purpose", "dct:identifier": id, "skos:prefLabel": purpose.title},
        "dpv:hasPersonalData": [
            {
                "@type": "dpv:PersonalData",
                "dct:identifier": one,
                "skos:prefLabel": policy.categories[one].title,
            }
            for one in purpose.uses
        ],
        "dpv:hasRecipient": [
            {
                "@type": "dpv:Recipient",
                "dpv:hasName": one.legal_name,
                "dpv:hasCountry": {"@id": f"loc:{one.country}"},
            }
            for one in policy.recipients_of(id)
        ],
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dct:extent": purpose.keep,
            "dct:description": purpose.kept_until(),
        },
    }
