"""What orders can prove: each has its entries, went to whom its buyer was told, and is bought to the end."""

from __future__ import annotations

from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.sentences import chained, sentence
from kept.touchpoints.orders import journey, recorded

SHOWN = 5


@proof(
    "orders.as_said",
    promise="system-purchase",
    title=sentence("Each order has its entries, and nobody was told more of it than stood above the button"),
    unseen=sentence("Orders before the newest 1,000, and what a recipient does with what it was told."),
)
def as_said() -> Proof:
    """Orders that are paid or go by invoice, against the ledger; disclosures, against what was said."""
    said = recorded.acts()
    orders = recorded.bought_since(said.since)
    wrong = list(dict.fromkeys(recorded.differences(orders, said)))
    if wrong:
        return Proof(
            False,
            sentence("{n} not as said", n=len(wrong)),
            sentence("Orders and ledger differ: {differences}.", differences=chained(wrong[:SHOWN])),
        )
    if not orders:
        return Proof(None, sentence("0 orders"), sentence("Nobody has ordered yet."))
    return Proof(
        True,
        sentence("{n} of {n}", n=len(orders)),
        sentence("Each was placed, and paid, by an act of the ledger, and went to whom its buyer was told."),
    )


@proof(
    "orders.to_the_end",
    promise="system-purchase",
    title=sentence(
        "Something is bought page by page, and its order answers somebody else as if it did not exist"
    ),
    unseen=sentence("Payment processors other than the one to practise with, and what a carrier does."),
    moment=False,
    every=walk_findings.EVERY,
)
def bought_to_the_end() -> Proof:
    """An invented customer buys an invented product; another one types the address of the order."""
    text = sentence(
        "An invented customer put something into the basket, ordered it page by page and saw the order;"
        " somebody else who typed its address got the same answer as for one that does not exist."
    )
    return walk_findings.judged(
        (journey.BOUGHT,),
        figure=sentence("{orders bought} to the end"),
        text=text,
        needs=("orders bought", "orders refused"),
    )
