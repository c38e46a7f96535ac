"""The data map in fideslang (the taxonomy and format of that name, CC BY 4.0): organisations, datasets,
systems.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import yaml

from kept.core.policy.model import Policy
from kept.core.register.datamap.activities import Activity, activities
from kept.core.register.datamap.machine_forms import in_english
from kept.core.register.inventory import Column, Table, personal_columns

# The format's own words (LegalBasisForProcessingEnum, LegalBasisForTransfersEnum); a public task is its
# "Public interest".
BASES = {
    "contract": "Contract",
    "consent": "Consent",
    "legitimate-interests": "Legitimate interests",
    "legal-obligation": "Legal obligations",
    "vital-interests": "Vital interests",
    "public-task": "Public interest",
}


def text(policy: Policy, at: date) -> str:
    """YAML 1.1, keys in the order of the format's own documentation."""
    return yaml.safe_dump(
        in_english(lambda: manifest(policy, at)), sort_keys=False, allow_unicode=True, width=140
    )


def manifest(policy: Policy, at: date) -> dict[str, list[dict[str, Any]]]:
    """``organization``, ``dataset`` and ``system``, as the format's models take them."""
    return {
        "organization": [_organisation(policy, entity) for entity in policy.company.entities],
        "dataset": _datasets(policy),
        "system": _systems(policy, activities(policy, at)),
    }


def _organisation(policy: Policy, id: str) -> dict[str, Any]:
    entity, controller = policy.company.entities[id], policy.company.controller_of(id)
    address = ", ".join(entity.address)
    return {
        "fides_key": _key(id),
        "name": entity.name,
        "description": f"Answers for its customers' data. Authority: {controller.authority}.",
        "controller": {"name": entity.name, "address": address, "email": controller.email, "phone": ""},
        "data_protection_officer": {
            "name": controller.title,
            "address": address,
            "email": controller.email,
            "phone": "",
        },
    }


def _datasets(policy: Policy) -> list[dict[str, Any]]:
    """One dataset for each room of the program, one collection for each table that is about people."""
    rooms: defaultdict[str, dict[str, list[Column]]] = defaultdict(dict)
    titles: dict[str, str] = {}
    for table, column in personal_columns():
        rooms[_room(table)].setdefault(table.name, []).append(column)
        titles[table.name] = table.holds.title if table.holds else table.name
    return [
        {
            "fides_key": _key(room),
            "organization_fides_key": _key(next(iter(policy.company.entities))),
            "name": room,
            "description": f"Tables of {room} that are about people.",
            "collections": [
                {
                    "name": name,
                    "description": titles[name],
                    "fields": [_field(policy, one) for one in columns],
                }
                for name, columns in held.items()
            ],
        }
        for room, held in sorted(rooms.items())
    ]


def _field(policy: Policy, column: Column) -> dict[str, Any]:
    category = policy.categories.get(column.category)
    return {
        "name": column.name,
        "description": (
            f"{category.title if category else column.category};"
            f" {'sealed' if column.kind.name == 'SEALED' else 'plain'}"
        ),
        "data_categories": [category.fideslang] if category else [],
    }


def _systems(policy: Policy, found: list[Activity]) -> list[dict[str, Any]]:
    """One system for each place where people and company meet; those not installed yet are left out."""
    places: defaultdict[str, list[Activity]] = defaultdict(list)
    for activity in found:
        if not activity.dormant:
            places[activity.purpose.place].append(activity)
    company = policy.company
    return [
        {
            "fides_key": _key(place),
            "organization_fides_key": _key(next(iter(company.entities))),
            "name": served[0].purpose.touchpoint or place,
            "description": (
                f"Where {company.name} and its customers meet: {served[0].purpose.touchpoint or place}."
            ),
            "system_type": "Service",
            "processes_personal_data": True,
            "does_international_transfers": any(activity.transfers for activity in served),
            "data_security_practices": "See the record of processing.",
            "dataset_references": sorted(
                {_key(_room(table)) for activity in served for table, _ in activity.held}
            ),
            "privacy_declarations": [_declaration(policy, activity) for activity in served],
        }
        for place, served in places.items()
    ]


def _declaration(policy: Policy, activity: Activity) -> dict[str, Any]:
    purpose = activity.purpose
    parties = "; ".join(f"{one.legal_name} ({one.country})" for one in activity.recipients)
    special = any(category.sensitive for category in activity.categories)
    return {
        "name": purpose.title,
        "data_use": purpose.fideslang,
        "data_categories": sorted({category.fideslang for category in activity.categories}),
        "data_subjects": list(purpose.people),
        "legal_basis_for_processing": BASES[purpose.basis],
        "retention_period": purpose.kept_until(),
        "processes_special_category_data": special,
        **(
            {"special_category_legal_basis": "Explicit consent"}
            if special and purpose.basis == "consent"
            else {}
        ),
        "data_shared_with_third_parties": bool(activity.recipients),
        **({"third_parties": parties} if parties else {}),
        "dataset_references": sorted({_key(_room(table)) for table, _ in activity.held}),
    }


def _room(table: Table) -> str:
    return table.model._meta.app_label if table.model else table.name


def _key(id: str) -> str:
    return id.replace("-", "_")
