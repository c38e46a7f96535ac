"""What the log of visits can prove: it holds readings and no readers, and nothing that is done to a person
can reach it.
"""

from __future__ import annotations

from kept.core.ledger import versions
from kept.core.ledger.acts import acts_of
from kept.core.register.declarations import DECLARED
from kept.core.register.inventory import personal_columns
from kept.core.register.proofs import Proof, proof
from kept.touchpoints.visits import log_folder, proof_samples
from kept.touchpoints.visits.collecting import state
from kept.touchpoints.visits.events import COLUMNS
from kept.touchpoints.visits.places import Places

PURPOSE, CATEGORY = "visits", "visit.derived"
TO_A_PERSON = "marketing."


def places() -> Places:
    return log_folder.places()


@proof(
    "visits.groups",
    promise=("interest-not-people", "system-visits"),
    title="No group of fewer than ten is told of",
    unseen="Whoever combines a sum with something known from elsewhere.",
)
def groups() -> Proof:
    """Every sum there is, of every month."""
    told, small = proof_samples.small_groups(places())
    if small:
        return Proof(
            False, f"{small} of {told} too small", "The sums would tell of groups that could be somebody."
        )
    if not told:
        return Proof(None, "0 sums", "No day has been summed up yet.")
    return Proof(True, f"0 of {told} too small", "Each sum that is told of counts ten visitors at least.")


@proof(
    "visits.derived",
    promise="logs-derived",
    title="The log holds the columns of an event, with values of closed lists",
    unseen="Rows older than the newest it reads, and what a proxy in front of the portal logs.",
)
def derived() -> Proof:
    """The newest rows as they lie on the disk, and whether every reading that arrived is accounted for."""
    seen, counted = proof_samples.look(places()), state.read(places().root)
    wrong = [*seen.columns, *seen.values]
    if counted and counted.received != counted.written + sum(
        many for reason, many in counted.left_out.items() if reason != "missed"
    ):
        wrong.append("The collector cannot account for every reading it received")
    if wrong:
        return Proof(False, f"{len(wrong)} places wrong", f"{'; '.join(wrong[:5])}.")
    if not seen.rows:
        return Proof(None, "0 rows", "Nothing has been counted yet.")
    of_them = (
        f" {counted.written} of {counted.received} readings were written, the others were programs' or are"
        " counted by reason."
        if counted
        else ""
    )
    return Proof(
        True, f"{len(COLUMNS)} of {len(COLUMNS)} columns", f"In {seen.rows} rows no other was found.{of_them}"
    )


@proof(
    "visits.nobody",
    promise=("logs-nobody", "system-visits"),
    title="No address and no number of anybody's lies in the log",
    unseen=(
        "Rows older than the newest it reads; a person who can be told from a rare combination of page and"
        " time."
    ),
)
def nobody() -> Proof:
    """The newest rows, searched for network addresses, e-mail addresses, and the digits of telephones and
    serials.
    """
    seen = proof_samples.look(places())
    if seen.personal or seen.columns:
        wrong = [*seen.personal, *seen.columns]
        return Proof(False, f"{len(wrong)} places wrong", f"{'; '.join(wrong[:5])}.")
    if not seen.rows:
        return Proof(None, "0 rows", "Nothing has been counted yet.")
    return Proof(
        True,
        f"0 of {seen.rows} rows",
        "The newest rows were searched just now; none holds an address, a telephone's number or a serial.",
    )


@proof(
    "visits.no_marketing",
    promise="logs-no-marketing",
    title="No use that turns to a person may read what is derived from visits",
    unseen="A person who copies figures by hand.",
)
def no_marketing() -> Proof:
    """By the policy in force, by what the code declares, and by every act of the ledger: the log is nobody's
    data, no table of a person holds any of it, no recipient gets it.
    """
    policy = versions.current().policy
    uses = [purpose for purpose in policy.purposes.values() if CATEGORY in purpose.uses]
    wrong = [
        f"the purpose {purpose.id} may use it"
        for purpose in uses
        if purpose.id != PURPOSE or purpose.fideslang.startswith(TO_A_PERSON)
    ]
    wrong += [
        f"{table.called} holds it beside a person"
        for table, column in personal_columns()
        if column.category == CATEGORY
    ]
    told = acts_of(["sent", "disclosed", "read", "collected"])
    wrong += sorted(
        {
            f"it was {act.kind} for {act.purpose}"
            for act in told
            for _, detail in act.parts
            if CATEGORY in detail.get("categories", ())
        }
    )
    wrong += [
        f"{said.place} hands it to {said.id}" for said in DECLARED.recipients if CATEGORY in said.categories
    ]
    if wrong:
        return Proof(
            False,
            f"{len(wrong)} ways to a person",
            f"What is derived from visits could be used to market to somebody: {'; '.join(wrong[:5])}.",
        )
    fields = sum(1 for _ in personal_columns())
    return Proof(
        True,
        f"0 of {fields} fields",
        f"None of the fields about people, and none of {len(policy.purposes) - len(uses)} other uses, knows"
        " of a visit.",
    )
