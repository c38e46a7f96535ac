"""What support can prove: what staff did in a case was bound to it and is on record, and a case is opened to
the end and seen by nobody else.
"""

from __future__ import annotations

from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.sentences import chained, sentence
from kept.touchpoints.support import journey, recorded

SHOWN = 5


@proof(
    "support.bound_to_cases",
    promise="system-cases",
    title=sentence("What staff did in a case was bound to it while it was open, and is on record"),
    unseen=sentence("What was said on the phone and not logged, and acts before the newest 10,000."),
)
def bound_to_cases() -> Proof:
    """Each answer, note and opened value, against the ledger; each act of staff, against its case."""
    by_case, acts = recorded.of_staff()
    rows = recorded.rows_since(acts.since)
    wrong = list(dict.fromkeys(recorded.differences(by_case, rows)))
    if wrong:
        return Proof(
            False,
            sentence("{n} not bound", n=len(wrong)),
            sentence("Cases and ledger differ: {differences}.", differences=chained(wrong[:SHOWN])),
        )
    looked = sum(map(len, by_case.values()))
    if not looked:
        return Proof(None, sentence("0 cases"), sentence("Nobody of staff has opened a case yet."))
    return Proof(
        True,
        sentence("{n} acts in {cases} cases", n=looked, cases=len(by_case)),
        sentence(
            "Each names a case that was open then, for its purpose; {n} answers, notes and values opened"
            " are on record.",
            n=len(rows),
        ),
    )


@proof(
    "support.to_the_end",
    promise="system-cases",
    title=sentence("A case is opened page by page, and answers somebody else as if it did not exist"),
    unseen=sentence("Cases by mail and by phone, and what staff answer."),
    moment=False,
    every=walk_findings.EVERY,
)
def opened_to_the_end() -> Proof:
    """An invented customer opens a case; another one types its address."""
    text = sentence(
        "An invented customer opened a case page by page and saw it; somebody else who typed its address got"
        " the same answer as for one that does not exist."
    )
    return walk_findings.judged(
        (journey.HELPED,),
        figure=sentence("{cases opened} to the end"),
        text=text,
        needs=("cases opened", "cases refused"),
    )
