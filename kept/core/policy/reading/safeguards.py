"""Read the register of safeguards and the certification programmes, each from a TOML file of its own."""

from __future__ import annotations

from kept.core.policy.places import Company
from kept.core.policy.reading.row_builders import PROOF
from kept.core.policy.reading.tables import Table, shorten
from kept.core.policy.safeguards import KINDS, Certificate, Safeguard
from kept.core.policy.verdict import UNEMPLOYED


def safeguards(table: Table, company: Company) -> dict[str, Safeguard]:
    employed = [role for role in company.roles if role not in UNEMPLOYED]
    found = {}
    for name, row in table.tables().items():
        every = row.span("every")[1]
        if not every and row.has("every"):
            row.problem("every", "is no time at all. Write P1Y, so that somebody looks once a year.")
        proofs = row.texts("proofs", optional=True)
        for proof in proofs:
            if not PROOF.fullmatch(proof):
                row.problem(
                    "proofs", f'"{shorten(proof)}" is not the name of a proof. Write it like vault.sealed.'
                )
        found[name] = Safeguard(
            id=name,
            title=row.text("title"),
            kind=row.one_of("kind", KINDS),
            owner=row.one_of("owner", employed),
            evidence=row.text("evidence"),
            every=every,
            proofs=proofs,
        )
        row.done()
    return found


def certificates(table: Table, company: Company) -> dict[str, Certificate]:
    found = {}
    for name, row in table.tables().items():
        since, until = row.day("from", optional=True), row.day("until", optional=True)
        if (since is None) != (until is None):
            row.problem(
                "until" if since else "from",
                "is missing. Write both days, or neither while it is being prepared.",
            )
        if since and until and until < since:
            row.problem("until", f"{until} lies before {since}. Write a later day.")
        found[name] = Certificate(
            id=name,
            title=row.text("title"),
            issuer=row.text("issuer"),
            scope=row.text("scope"),
            evidence=row.text("evidence"),
            verify=row.site("verify", optional=since is None),
            since=since,
            until=until,
        )
        row.done()
    return found
