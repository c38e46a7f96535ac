"""What the catalogue can prove: whoever looks for a product finds it, and nobody asks who they are."""

from __future__ import annotations

from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.sentences import sentence


@proof(
    "products.found_without_a_name",
    promise="system-catalogue",
    title=sentence("Each market leads to its products, and a part number to its own, without a sign-in"),
    unseen=sentence("Whether the figures of a product are right, and products that nobody entered."),
    moment=False,
    every=walk_findings.EVERY,
)
def found_without_a_name() -> Proof:
    """What the finder showed a visitor nobody knows, against the catalogue's own rows."""
    text = sentence(
        "A visitor asked for {markets asked} of the seven markets and found all that is sold there, and one"
        " product of each by its part number."
    )
    return walk_findings.judged(
        ("catalogue", "cookie"),
        figure=sentence("{markets asked} markets"),
        text=text,
        needs=("products found",),
    )
