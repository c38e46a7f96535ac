"""The data map in the Data Privacy Vocabulary (W3C DPV 2.3) as JSON-LD: one process for each activity in
use.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from kept.core.policy.model import Policy
from kept.core.register.datamap.activities import Activity, activities
from kept.core.register.datamap.machine_forms import in_english

CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "loc": "https://w3id.org/dpv/loc#",
    # What follows are names of things, not texts.
    "dpv:hasLegalBasis": {"@type": "@id"},
    "dpv:hasDataSubject": {"@type": "@id"},
    "dpv:hasCountry": {"@type": "@id"},
}
BASES = {
    "contract": "eu-gdpr:A6-1-b",
    "consent": "eu-gdpr:A6-1-a",
    "legitimate-interests": "eu-gdpr:A6-1-f",
    "legal-obligation": "eu-gdpr:A6-1-c",
    "vital-interests": "eu-gdpr:A6-1-d",
    "public-task": "eu-gdpr:A6-1-e",
}
PEOPLE = {
    "customer": "dpv:Customer",
    "employee": "dpv:Employee",
    "prospect": "dpv:Consumer",
    "visitor": "dpv:Visitor",
    "supplier_vendor": "dpv:ServiceConsumer",
    "job_applicant": "dpv:JobApplicant",
}


def text(policy: Policy, at: date) -> str:
    return json.dumps(in_english(lambda: document(policy, at)), ensure_ascii=False, indent=2) + "\n"


def document(policy: Policy, at: date) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "@type": "dpv:RecordsOfActivities",
        "dct:title": f"Record of processing, {policy.company.name}",
        "dct:date": at.isoformat(),
        "dct:identifier": policy.identity,
        "dpv:hasDataController": [
            {
                "@type": "dpv:DataController",
                "dpv:hasName": entity.name,
                "dpv:hasAddress": ", ".join(entity.address),
            }
            for entity in policy.company.entities.values()
        ],
        "dpv:hasProcess": [_process(activity) for activity in activities(policy, at) if not activity.dormant],
    }


def _process(activity: Activity) -> dict[str, Any]:
    purpose = activity.purpose
    return {
        "@type": "dpv:Process",
        "dct:identifier": purpose.id,
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "skos:prefLabel": purpose.title,
            "dct:description": purpose.why,
        },
        "dpv:hasLegalBasis": BASES[purpose.basis],
        "dpv:hasDataSubject": [PEOPLE[kind] for kind in purpose.people],
        "dpv:hasPersonalData": [
            {
                "@type": "dpv:SensitivePersonalData" if category.sensitive else "dpv:PersonalData",
                "dct:identifier": category.id,
                "skos:prefLabel": category.title,
            }
            for category in activity.categories
        ],
        "dpv:hasRecipient": [
            {"@type": "dpv:Recipient", "dpv:hasName": one.legal_name, "dpv:hasCountry": f"loc:{one.country}"}
            for one in activity.recipients
        ],
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dct:extent": purpose.keep,
            "dct:description": purpose.kept_until(),
        },
    }
