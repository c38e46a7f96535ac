"""Who may be a reader: the roles this code knows, and how each is called in front of people."""

ROLES = {
    "self": "You",
    "system": "The portal itself",
    "support": "Support staff",
    "sales": "Sales staff",
    "marketing": "Marketing staff",
    "controller": "The data controller of your region",
    "officer": "The privacy officer",
    "operator": "The operator of the portal",
}


def in_words(role: str) -> str:
    """Raises KeyError for a role this code does not know; the check has said so before (kept.E010)."""
    return ROLES[role]
