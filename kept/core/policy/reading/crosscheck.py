"""References between the files of a policy: what one names, another must define; what is promised must be
worded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from kept.core.policy.model import Clock, Promise, Purpose
from kept.core.policy.places import Company
from kept.core.policy.reading.tables import nearest, shorten
from kept.core.policy.wording import Text


def clauses_exist(
    company: Company,
    purposes: Mapping[str, Purpose],
    promises: Mapping[str, Promise],
    clocks: Mapping[str, Clock],
    text: Text,
    problems: list[str],
) -> None:
    numbers = [clause.id for clause in text.clauses]
    named = [("company.toml: purpose_clause", company.purpose_clause)]
    named += [(f"purposes.toml: {purpose.id}.clause", purpose.clause) for purpose in purposes.values()]
    named += [(f"promises.toml: {promise.id}.clause", promise.clause) for promise in promises.values()]
    named += [(f"clocks.toml: {clock.id}.clause", clock.clause) for clock in clocks.values()]
    for place, number in named:
        if number and number not in numbers:
            problems.append(
                f'{place}: "{shorten(number)}" is not a clause of text/{text.language}.md.'
                f" {nearest(number, numbers)}"
            )


def tags_agree(
    purposes: Mapping[str, Purpose], promises: Mapping[str, Promise], text: Text, problems: list[str]
) -> None:
    """Each clause names the promises and purposes it states, each promise and purpose names its clause: both
    must say the same.
    """
    file = f"text/{text.language}.md"
    promised = {promise.id: promise.clause for promise in promises.values()}
    purposed = {purpose.id: purpose.clause for purpose in purposes.values()}
    for kind, known, home in (
        ("promises", promised, "promises.toml"),
        ("purposes", purposed, "purposes.toml"),
    ):
        tagged = {
            clause.id: clause.promises if kind == "promises" else clause.purposes for clause in text.clauses
        }
        for number, names in tagged.items():
            for name in names:
                if name not in known:
                    problems.append(
                        f'{file}: clause {number}: "{shorten(name)}" is not in {home}.'
                        f" {nearest(name, list(known))}"
                    )
            for name in sorted(name for name, count in Counter(names).items() if count > 1):
                problems.append(f'{file}: clause {number}: "{shorten(name)}" is tagged twice. Keep one.')
        for name, number in known.items():
            if number in tagged and name not in tagged[number]:
                problems.append(
                    f"{file}: clause {number}: {home} says it states {name}, and it is not tagged so. Write"
                    f" {{{kind}: {name}}} below its heading."
                )


def same_clauses(first: Text, other: Text, problems: list[str]) -> None:
    """Every language states the same clauses, with the same tags, in the same order."""
    file, theirs = f"text/{other.language}.md", {clause.id: clause for clause in other.clauses}
    for clause in first.clauses:
        translated = theirs.pop(clause.id, None)
        if translated is None:
            problems.append(
                f"{file}: clause {clause.id} is missing. Translate it from text/{first.language}.md."
            )
        elif (translated.promises, translated.purposes, translated.table) != (
            clause.promises,
            clause.purposes,
            clause.table,
        ):
            problems.append(
                f"{file}: clause {clause.id}: its tags differ from text/{first.language}.md. Write the same"
                " ones."
            )
    for number in theirs:
        problems.append(
            f"{file}: clause {number} does not stand in text/{first.language}.md. Add it there, or take it"
            " out."
        )
