"""What the core proves of itself: everything is declared, everything personal is sealed, the ledger holds."""

from __future__ import annotations

from django.db import connection

from kept.core.ledger.verifying import verify
from kept.core.register import live_schema
from kept.core.register.checking import check_holdings
from kept.core.register.checking.check import findings
from kept.core.register.checking.findings import Level
from kept.core.register.inventory import Kind, tables
from kept.core.register.proving.proofs import Proof, proof
from kept.core.vault.sealing.header import FORMAT, SHORTEST
from kept.core.vault.subject_keys import sampling
from kept.sentences import counted, sentence

SAMPLE = 100
"""Rows of each sealed table that are tried each time."""

_UNSEALED = {
    # A sealed value is a blob that opens with the format byte; text of any kind is not.
    "sqlite": (
        "SELECT count(*), count(CASE WHEN typeof({c}) <> 'blob' OR substr({c}, 1, 1) <> "
        "X'{f:02x}' OR length({c}) < {s} THEN 1 END) FROM {t} WHERE {c} IS NOT NULL"
    ),
    "postgresql": (
        "SELECT count(*), count(*) FILTER (WHERE octet_length({c}) < {s} OR get_byte({c}, 0) "
        "<> {f}) FROM {t} WHERE {c} IS NOT NULL"
    ),
}


@proof(
    "register.fields_declared",
    promise="named-places",
    title=sentence("Every field that holds something of a person names its purpose"),
    unseen=sentence("What people write into a free text though nobody asked."),
)
def fields_declared() -> Proof:
    """The structural half of the check: any finding breaks the promise."""
    wrong = [finding for finding in findings() if finding.level is Level.STRUCTURAL]
    fields = sum(column.personal for table in tables() for column in table.columns)
    if wrong:
        return Proof(False, counted("{n} findings", "{n} findings", len(wrong)), wrong[0].message)
    return Proof(
        True,
        sentence("{fields} of {fields} fields", fields=fields),
        sentence("Each names a kind of data and a purpose of the policy that may use it."),
    )


@proof(
    "register.no_undeclared_column",
    promise="listed-kinds",
    title=sentence("No column of the database is undeclared"),
    unseen=sentence("What lies in files beside the database."),
)
def no_undeclared_column() -> Proof:
    """The live database, column by column, third-party tables included."""
    stored = live_schema.columns_by_table()
    inventory = tables()
    wrong = [*check_holdings.undeclared(inventory), *check_holdings.surplus(inventory, stored)]
    columns = sum(map(len, stored.values()))
    if wrong:
        return Proof(False, counted("{n} undeclared", "{n} undeclared", len(wrong)), wrong[0].message)
    return Proof(
        True,
        sentence("{columns} of {columns} columns", columns=columns),
        sentence("In {n} tables, those of libraries included.", n=len(stored)),
    )


@proof(
    "vault.sealed",
    promise="guarded",
    title=sentence("Every sealed value lies sealed in the database"),
    unseen=(
        sentence(
            "Values that were not drawn by lot are looked at by their shape alone, and files "
            "that were not drawn not at all; who holds the master key can open all of them."
        )
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
                        sentence(
                            "{called}.{attribute} holds values that are not sealed.",
                            called=table.called,
                            attribute=column.attribute,
                        )
                        if unsealed
                        else ""
                    )
    if clear:
        return Proof(False, sentence("{clear} of {values} in the clear", clear=clear, values=values), worst)
    if wrong := sampling.misshapen():
        return Proof(
            False,
            sentence("{n} of {values} in the clear", n=sum(wrong.values()), values=values),
            sentence("Not as it was sealed: {wrong}.", wrong=", ".join(wrong)),
        )
    tried = sampling.sample(SAMPLE)
    if tried.broken:
        return Proof(
            False,
            counted("{n} do not open", "{n} do not open", len(tried.broken)),
            sentence("Altered, or moved: {places}.", places=", ".join(sorted(set(tried.broken)))),
        )
    if not values:
        return Proof(None, sentence("0 values"), sentence("Nothing is stored yet."))
    text = sentence(
        "Each opens only with its person's key. {opened} were drawn by lot and tried, and "
        "{files} sealed files, whole.",
        opened=tried.opened,
        files=tried.files,
    )
    return Proof(True, sentence("{values} of {values} values", values=values), text)


@proof(
    "ledger.intact",
    promise=("guarded", "system-ledger"),
    title=sentence("The ledger agrees with itself"),
    unseen=(
        sentence(
            "Acts before the newest 10,000 (kept ledger verify derives all of them), and what "
            "was never recorded."
        )
    ),
)
def ledger_intact() -> Proof:
    """The newest acts with every version and checkpoint; ``kept ledger verify`` derives all of it again."""
    holds, figure = verify.intact()
    if holds is None:
        return Proof(None, figure, sentence("Nothing is in the signed tree yet."))
    return Proof(
        holds,
        figure,
        (
            sentence("Rows, tree, index and signatures were derived again.")
            if holds
            else sentence("Run kept ledger verify to see all of it.")
        ),
    )
