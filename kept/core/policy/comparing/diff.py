"""What changes between two policies, by meaning: widened, narrowed or reworded, and who must be told before
it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import lru_cache

from kept.core.policy.comparing.compare import Change
from kept.core.policy.comparing.diff_company import company, entities, regions, roles
from kept.core.policy.comparing.diff_guidelines import certificates, guidelines, safeguards
from kept.core.policy.comparing.diff_hours import desks, levels
from kept.core.policy.comparing.diff_tables import (
    categories,
    clocks,
    cookies,
    promises,
    purposes,
    recipients,
)
from kept.core.policy.comparing.diff_texts import texts, translated_words
from kept.core.policy.model import Policy
from kept.sentences import sentence

__all__ = ["Change", "consents_that_lapse", "counts_from", "diff", "outgrown"]

_FILES = {
    "company": "company.toml",
    "entity": "company.toml",
    "region": "company.toml",
    "category": "categories.toml",
    "purpose": "purposes.toml",
    "retention": "purposes.toml",
    "recipient": "recipients.toml",
    "cookie": "cookies.toml",
    "promise": "promises.toml",
    "clock": "clocks.toml",
    "safeguard": "safeguards.toml",
    "certificate": "certificates.toml",
    "level": "hours.toml",
    "desk": "hours.toml",
    "role": "company.toml",
}


def diff(a: Policy, b: Policy) -> list[Change]:
    """Every change from ``a`` to ``b``: widened first, then narrowed, then reworded.

    Empty exactly when both are the same version.
    """
    return list(_differences(a, b)) if a.identity != b.identity else []


@lru_cache(maxsize=128)
def _differences(a: Policy, b: Policy) -> tuple[Change, ...]:
    parts: tuple[Callable[[Policy, Policy], list[Change]], ...] = (
        purposes,
        categories,
        recipients,
        cookies,
        promises,
        clocks,
        entities,
        regions,
        roles,
        company,
        texts,
        translated_words,
        guidelines,
        safeguards,
        certificates,
        levels,
        desks,
        _answers,
    )
    changes = [change for part in parts for change in part(a, b)]
    changes += _only_the_source(a, b, changes)
    order = {"widened": 0, "narrowed": 1, "reworded": 2}
    return tuple(sorted(changes, key=lambda change: order[change.kind]))


def consents_that_lapse(b: Policy, changes: Iterable[Change]) -> tuple[str, ...]:
    """Purposes whose yes was given to something smaller, so that it must be asked again (EDPB 05/2020)."""
    touched = {
        change.key.partition(".")[0]
        for change in changes
        if change.what in ("purpose", "retention") and change.kind == "widened"
    }
    return tuple(
        purpose.id for purpose in b.purposes.values() if purpose.choice == "opt-in" and purpose.id in touched
    )


@lru_cache(maxsize=128)
def outgrown(a: Policy, b: Policy) -> frozenset[str]:
    """What of ``b`` a yes given under ``a`` does not cover: purposes that became wider or reach somebody new,
    and cookies ("cookie:seen").
    """
    found = set(b.purposes) - set(a.purposes)
    for change in _differences(a, b) if a.identity != b.identity else ():
        name = change.key.partition(".")[0]
        if change.kind != "widened":
            continue
        if change.what in ("purpose", "retention"):
            found.add(name)
        elif change.what == "recipient":
            found |= {
                one for one in b.purposes if any(reached.id == name for reached in b.recipients_of(one))
            }
        elif change.what == "cookie":
            found.add(f"cookie:{name}")
    return frozenset(found)


def counts_from(b: Policy, changes: Iterable[Change], published: date) -> date:
    """The first day a published version may count: at once, or after the notice that clocks.toml promises
    when something material changes.
    """
    notice = b.clocks.get("widening")
    return notice.within.after(published) if notice and any(change.waits for change in changes) else published


def _answers(a: Policy, b: Policy) -> list[Change]:
    return [
        Change(
            "reworded",
            "answer",
            language,
            "",
            "",
            False,
            sentence("The templates for answers in {language} have changed.", language=language),
        )
        for language in sorted(a.answers.keys() | b.answers.keys())
        if a.answers.get(language) != b.answers.get(language)
    ]


def _only_the_source(a: Policy, b: Policy, changes: Collection[Change]) -> list[Change]:
    """Files that differ though nothing above saw it: comments, spacing, the order of entries."""
    explained = {_FILES.get(change.what, "") for change in changes}
    explained |= {"text/" for change in changes if change.what in ("clause", "text")}
    explained |= {
        f"words/{change.key.partition('.')[0]}.toml" for change in changes if change.what == "words"
    }
    explained |= {f"words/{language}.toml" for language in a.words.keys() ^ b.words.keys()}
    explained |= {"answers/" for change in changes if change.what == "answer"}
    explained |= {"guidelines/" for change in changes if change.what == "guideline"}
    return [
        Change(
            "reworded",
            "file",
            name,
            "",
            "",
            False,
            sentence("Comments, spacing or order changed in {name}.", name=name),
        )
        for name in sorted(a.files.keys() | b.files.keys())
        if a.files.get(name) != b.files.get(name)
        and not any(part and name.startswith(part) for part in explained)
    ]
