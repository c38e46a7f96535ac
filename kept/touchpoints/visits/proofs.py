"""What the log of visits can prove: it holds readings and no readers, and nothing that is done to a person
can reach it.
"""

from __future__ import annotations

from kept.core.ledger import versions
from kept.core.ledger.acts import acts_of
from kept.core.register.declarations import DECLARED
from kept.core.register.inventory import personal_columns
from kept.core.register.proving.proofs import Proof, proof
from kept.sentences import Sentence, counted, joined, sentence
from kept.touchpoints.visits import log_folder, proof_samples
from kept.visits_log.collecting import state
from kept.visits_log.dimensions import COLUMNS
from kept.visits_log.places import Places

PURPOSE, CATEGORY = "visits", "visit.derived"
TO_A_PERSON = "marketing."


def places() -> Places:
    return log_folder.places()


@proof(
    "visits.groups",
    promise=("interest-not-people", "system-visits"),
    title=sentence("No group of fewer than ten is told of"),
    unseen=sentence("Whoever combines a sum with something known from elsewhere."),
)
def groups() -> Proof:
    """Every sum there is, of every month."""
    told, small = proof_samples.small_groups(places())
    if small:
        return Proof(
            False,
            sentence("{n} of {all} too small", n=small, all=told),
            sentence("The sums would tell of groups that could be somebody."),
        )
    if not told:
        return Proof(None, sentence("0 sums"), sentence("No day has been summed up yet."))
    return Proof(
        True,
        sentence("{n} of {all} too small", n=0, all=told),
        sentence("Each sum that is told of counts ten visitors at least."),
    )


@proof(
    "visits.derived",
    promise="logs-derived",
    title=sentence("The log holds the columns of an event, with values of closed lists"),
    unseen=sentence("Rows older than the newest it reads, and what a proxy in front of the portal logs."),
)
def derived() -> Proof:
    """The newest rows as they lie on the disk, and whether every reading that arrived is accounted for."""
    seen, tally = proof_samples.look(places()), state.read(places().root)
    wrong = [*seen.columns, *seen.values]
    if tally and tally.received != tally.written + sum(
        many for reason, many in tally.left_out.items() if reason != "missed"
    ):
        wrong.append(sentence("The collector cannot account for every reading it received"))
    if wrong:
        return _wrong(wrong)
    if not seen.rows:
        return _nothing()
    text = counted("In {n} row no other was found.", "In {n} rows no other was found.", seen.rows)
    if tally:
        account = sentence(
            "{written} of {received} readings were written, the others were programs' or are counted by"
            " reason.",
            written=tally.written,
            received=tally.received,
        )
        text = joined([text, account])
    return Proof(
        True,
        sentence("{n} of {all} columns", n=len(COLUMNS), all=len(COLUMNS)),
        text,
    )


@proof(
    "visits.nobody",
    promise=("logs-nobody", "system-visits"),
    title=sentence("No address and no number of anybody's lies in the log"),
    unseen=sentence(
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
        return _wrong([*seen.personal, *seen.columns])
    if not seen.rows:
        return _nothing()
    return Proof(
        True,
        sentence("{n} of {all} rows", n=0, all=seen.rows),
        sentence(
            "The newest rows were searched just now; none holds an address, a telephone's number or a serial."
        ),
    )


@proof(
    "visits.no_marketing",
    promise="logs-no-marketing",
    title=sentence("No use that turns to a person may read what is derived from visits"),
    unseen=sentence("A person who copies figures by hand."),
)
def no_marketing() -> Proof:
    """By the policy in force, by what the code declares, and by every act of the ledger: the log is nobody's
    data, no table of a person holds any of it, no recipient gets it.
    """
    policy = versions.current().policy
    uses = [purpose for purpose in policy.purposes.values() if CATEGORY in purpose.uses]
    wrong = [
        sentence("the purpose {purpose} may use it", purpose=purpose.id)
        for purpose in uses
        if purpose.id != PURPOSE or purpose.fideslang.startswith(TO_A_PERSON)
    ]
    wrong += [
        sentence("{table} holds it beside a person", table=table.called)
        for table, column in personal_columns()
        if column.category == CATEGORY
    ]
    told = acts_of(["sent", "disclosed", "read", "collected"])
    wrong += sorted(
        {
            sentence("it was {act} for {purpose}", act=act.kind, purpose=act.purpose)
            for act in told
            for _, detail in act.parts
            if CATEGORY in detail.get("categories", ())
        }
    )
    wrong += [
        sentence("{place} hands it to {recipient}", place=said.place, recipient=said.id)
        for said in DECLARED.recipients
        if CATEGORY in said.categories
    ]
    if wrong:
        return Proof(
            False,
            counted("{n} way to a person", "{n} ways to a person", len(wrong)),
            sentence(
                "What is derived from visits could be used to market to somebody: {wrong}.",
                wrong=joined(wrong[:5], "; "),
            ),
        )
    fields = sum(1 for _ in personal_columns())
    return Proof(
        True,
        sentence("{n} of {all} fields", n=0, all=fields),
        sentence(
            "None of the fields about people, and none of {n} other uses, knows of a visit.",
            n=len(policy.purposes) - len(uses),
        ),
    )


def _wrong(found: list[Sentence]) -> Proof:
    places = counted("{n} place wrong", "{n} places wrong", len(found))
    return Proof(False, places, joined([joined(found[:5], "; "), ""], "."))


def _nothing() -> Proof:
    return Proof(None, sentence("0 rows"), sentence("Nothing has been counted yet."))
