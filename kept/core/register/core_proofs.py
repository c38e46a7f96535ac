"""What the core proves of itself: everything is declared, everything personal is sealed, the ledger holds."""

from __future__ import annotations

from django.db import connection

from kept.core.ledger import verify
from kept.core.register import check_holdings, live_schema
from kept.core.register.check import findings
from kept.core.register.findings import Level
from kept.core.register.inventory import Kind, tables
from kept.core.register.proofs import Proof, proof
from kept.core.vault import sampling
from kept.core.vault.header import FORMAT, SHORTEST

SAMPLE = 100
"""Rows of each sealed table that are tried each time."""

_UNSEALED = {
    # A sealed value is a blob that opens with the format byte; text of any kind is not.
    "sqlite": (
        "SELECT count(*), count(CASE WHEN typeof({c}) <> 'blob' OR substr({c}, 1, 1) <> X'{f:02x}' OR"
        " length({c}) < {s} THEN 1 END) FROM {t} WHERE {c} IS NOT NULL"
    ),
    "postgresql": (
        "SELECT count(*), count(*) FILTER (WHERE octet_length({c}) < {s} OR get_byte({c}, 0) <> {f}) FROM {t}"
        " WHERE {c} IS NOT NULL"
    ),
}


@proof(
    "register.fields_declared",
    promise="named-places",
    title="Every field that holds something of a person names its purpose",
    unseen="What people write into a free text though nobody asked.",
)
def fields_declared() -> Proof:
    """The structural half of the check: any finding breaks the promise."""
    wrong = [finding for finding in findings() if finding.level is Level.STRUCTURAL]
    fields = sum(column.personal for table in tables() for column in table.columns)
    if wrong:
        return Proof(False, f"{len(wrong)} findings", wrong[0].message)
    return Proof(
        True,
        f"{fields} of {fields} fields",
        "Each names a kind of data and a purpose of the policy that may use it.",
    )


@proof(
    "register.no_undeclared_column",
    promise="listed-kinds",
    title="No column of the database is undeclared",
    unseen="What lies in files beside the database.",
)
def no_undeclared_column() -> Proof:
    """The live database, column by column, third-party tables included."""
    stored = live_schema.columns_by_table()
    inventory = tables()
    wrong = [*check_holdings.undeclared(inventory), *check_holdings.surplus(inventory, stored)]
    columns = sum(map(len, stored.values()))
    if wrong:
        return Proof(False, f"{len(wrong)} undeclared", wrong[0].message)
    return Proof(
        True, f"{columns} of {columns} columns", f"In {len(stored)} tables, those of libraries included."
    )


@proof(
    "vault.sealed",
    promise="guarded",
    title="Every sealed value lies sealed in the database",
    unseen=(
        "Values that were not drawn by lot are looked at by their shape alone, and files that were not drawn"
        " not at all; who holds the master key can open all of them."
    ),
)
def sealed() -> Proof:
    """Probe the stored bytes, past every model: the shape of each value; and a sample drawn by lot is opened,
    and looked at by nobody.
    """
    values = clear = 0
    worst = ""
    with connection.cursor() as cursor:
        for table in tables():
            for column in table.columns:
                if column.kind is Kind.SEALED:
                    quoted = {
                        "t": connection.ops.quote_name(table.name),
                        "c": connection.ops.quote_name(column.name),
                    }
                    cursor.execute(_UNSEALED[connection.vendor].format(**quoted, f=FORMAT, s=SHORTEST))
                    found, unsealed = cursor.fetchone()
                    values, clear = values + found, clear + unsealed
                    worst = worst or (
                        f"{table.called}.{column.attribute} holds values that are not sealed."
                        if unsealed
                        else ""
                    )
    if clear:
        return Proof(False, f"{clear} of {values} in the clear", worst)
    if wrong := sampling.misshapen():
        return Proof(
            False,
            f"{sum(wrong.values())} of {values} in the clear",
            f"Not as it was sealed: {', '.join(wrong)}.",
        )
    tried = sampling.sample(SAMPLE)
    if tried.broken:
        return Proof(
            False,
            f"{len(tried.broken)} do not open",
            f"Altered, or moved: {', '.join(sorted(set(tried.broken)))}.",
        )
    if not values:
        return Proof(None, "0 values", "Nothing is stored yet.")
    text = (
        f"Each opens only with its person's key. {tried.opened} were drawn by lot and tried, and"
        f" {tried.files} sealed files, whole."
    )
    return Proof(True, f"{values} of {values} values", text)


@proof(
    "ledger.intact",
    promise=("guarded", "system-ledger"),
    title="The ledger agrees with itself",
    unseen=(
        "Acts before the newest 10,000 (kept ledger verify derives all of them), and what was never recorded."
    ),
)
def ledger_intact() -> Proof:
    """The newest acts with every version and checkpoint; ``kept ledger verify`` derives all of it again."""
    holds, figure = verify.intact()
    if holds is None:
        return Proof(None, figure, "Nothing is in the signed tree yet.")
    return Proof(
        holds,
        figure,
        (
            "Rows, tree, index and signatures were derived again."
            if holds
            else "Run kept ledger verify to see all of it."
        ),
    )
