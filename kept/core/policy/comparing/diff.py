"""What changes between two policies, by meaning: widened, narrowed or reworded, and who must be told before
it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import lru_cache

from kept.core.policy.comparing.compare import KEYS, Change, appeared, members, ordered, wording
from kept.core.policy.comparing.diff_purposes import purposes
from kept.core.policy.comparing.diff_recipients import recipients
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
        _categories,
        recipients,
        _cookies,
        _promises,
        _clocks,
        _entities,
        _regions,
        _roles,
        _company,
        texts,
        translated_words,
        _guidelines,
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


def _categories(a: Policy, b: Policy) -> list[Change]:
    titles = {name: category.title for name, category in (*a.categories.items(), *b.categories.items())}
    changes = members(
        "category",
        "categories",
        a.categories,
        b.categories,
        sentence("We may now hold: {one}."),
        sentence("We no longer hold: {one}."),
        titles=titles,
    )
    for name in a.categories.keys() & b.categories.keys():
        old, new = a.categories[name], b.categories[name]
        changes += wording(
            "category",
            f"{name}.title",
            old.title,
            new.title,
            sentence("“{old_title}” is now called “{new_title}”.", old_title=old.title, new_title=new.title),
        )
        changes += wording(
            "category",
            f"{name}.example",
            old.example,
            new.example,
            sentence("The example of “{title}” has changed.", title=new.title),
        )
        changes += wording(
            "category",
            f"{name}.fideslang",
            old.fideslang,
            new.fideslang,
            sentence("“{title}” has another key in the data map.", title=new.title),
        )
        said = (
            sentence("“{title}” is now treated as sensitive.", title=new.title)
            if new.sensitive
            else sentence("“{title}” is no longer treated as sensitive.", title=new.title)
        )
        changes += ordered(
            "category", f"{name}.sensitive", str(old.sensitive), str(new.sensitive), old.sensitive, said
        )
    return changes


def _cookies(a: Policy, b: Policy) -> list[Change]:
    changes = appeared(
        "cookie",
        a.cookies,
        b.cookies,
        widens=True,
        sentences=(sentence("A new cookie: {one}."), sentence("No longer set: the cookie {one}.")),
    )
    for name in a.cookies.keys() & b.cookies.keys():
        old, new = a.cookies[name], b.cookies[name]
        lengths = tuple(
            cookie.lifetime.length().total_seconds() if cookie.lifetime else 0 for cookie in (old, new)
        )
        was, now = (
            cookie.lifetime.in_words() if cookie.lifetime else sentence("until the browser closes")
            for cookie in (old, new)
        )
        said = sentence("The cookie {name} lives {now} instead of {was}.", name=new.name, now=now, was=was)
        changes += ordered("cookie", f"{name}.lifetime", was, now, lengths[1] > lengths[0], said)
        for key in ("name", "kind", "purpose", "setter", "storage"):
            before, after = getattr(old, key), getattr(new, key)
            changes += ordered(
                "cookie",
                f"{name}.{key}",
                before,
                after,
                True,
                sentence(
                    "The cookie {name}: {key} was “{before}” and is “{after}”.",
                    name=new.name,
                    key=KEYS[key],
                    before=before,
                    after=after,
                ),
            )
    return changes


def _promises(a: Policy, b: Policy) -> list[Change]:
    changes = appeared(
        "promise",
        a.promises,
        b.promises,
        widens=False,
        sentences=(sentence("A new promise: {one}."), sentence("A promise is taken back: {one}.")),
    )
    for name in a.promises.keys() & b.promises.keys():
        old, new = a.promises[name], b.promises[name]
        changes += wording(
            "promise",
            f"{name}.statement",
            old.statement,
            new.statement,
            sentence("Promise {row} now reads: {statement}", row=new.row, statement=new.statement),
        )
        changes += wording(
            "promise",
            f"{name}.rule",
            old.rule,
            new.rule,
            sentence("Promise {row} is kept by another rule: {rule}", row=new.row, rule=new.rule)
            if new.rule
            else sentence("Promise {row} is kept by another rule: none", row=new.row),
        )
        changes += wording(
            "promise",
            f"{name}.row",
            old.row,
            new.row,
            sentence("Promise {old_row} now stands in row {new_row}.", old_row=old.row, new_row=new.row),
        )
        changes += wording(
            "promise",
            f"{name}.clause",
            old.clause,
            new.clause,
            sentence("Promise {row} now stands in clause {clause}.", row=new.row, clause=new.clause),
        )
        for proof in (proof for proof in old.proofs if proof not in new.proofs):
            changes.append(
                Change(
                    "widened",
                    "promise",
                    f"{name}.proofs.{proof}",
                    proof,
                    "",
                    True,
                    sentence("Promise {row} is no longer proven by {proof}.", row=new.row, proof=proof),
                )
            )
        for proof in (proof for proof in new.proofs if proof not in old.proofs):
            changes.append(
                Change(
                    "narrowed",
                    "promise",
                    f"{name}.proofs.{proof}",
                    "",
                    proof,
                    False,
                    sentence("Promise {row} is now proven by {proof}.", row=new.row, proof=proof),
                )
            )
    return changes


def _clocks(a: Policy, b: Policy) -> list[Change]:
    changes = appeared(
        "clock",
        a.clocks,
        b.clocks,
        widens=False,
        sentences=(
            sentence("A new deadline for ourselves: {one}."),
            sentence("A deadline is taken back: {one}."),
        ),
    )
    for name in a.clocks.keys() & b.clocks.keys():
        old, new = a.clocks[name], b.clocks[name]
        before, after = old.within.in_words(), new.within.in_words()
        longer = new.within.length() > old.within.length()
        # The copy's clock says how long a copy waits, the notice's how long a widening waits: there a shorter
        # time takes something away.
        changes += ordered(
            "clock",
            f"{name}.within",
            before,
            after,
            longer != (name in ("copy", "widening")),
            sentence("{title}: {after} instead of {before}.", title=new.title, after=after, before=before),
        )
        changes += wording(
            "clock",
            f"{name}.remind",
            f"{old.remind}, {old.escalate}",
            f"{new.remind}, {new.escalate}",
            sentence("We remind ourselves on other days: {title}.", title=new.title),
        )
        changes += wording(
            "clock",
            f"{name}.title",
            old.title,
            new.title,
            sentence(
                "The deadline “{old_title}” is now called “{new_title}”.",
                old_title=old.title,
                new_title=new.title,
            ),
        )
    return changes


def _entities(a: Policy, b: Policy) -> list[Change]:
    old, new = a.company.entities, b.company.entities
    titles = {name: entity.name for name, entity in (*old.items(), *new.items())}
    changes = members(
        "entity",
        "entities",
        old,
        new,
        sentence("{one} now belongs to the group that answers here."),
        sentence("{one} no longer belongs to it."),
        titles=titles,
    )
    for name in old.keys() & new.keys():
        changes += ordered(
            "entity",
            f"{name}.country",
            old[name].country,
            new[name].country,
            True,
            sentence(
                "{name} now sits in {country}.",
                name=new[name].name,
                country=new[name].country,
            ),
        )
        changes += wording(
            "entity",
            f"{name}.name",
            old[name].name,
            new[name].name,
            sentence(
                "{old_name} is now called {new_name}.", old_name=old[name].name, new_name=new[name].name
            ),
        )
        addresses = ", ".join(old[name].address), ", ".join(new[name].address)
        changes += wording(
            "entity",
            f"{name}.address",
            *addresses,
            sentence("The address of {name} has changed.", name=new[name].name),
        )
    return changes


def _regions(a: Policy, b: Policy) -> list[Change]:
    old, new = a.company.regions, b.company.regions
    changes = appeared(
        "region",
        old,
        new,
        widens=True,
        sentences=(sentence("A new region: {one}."), sentence("No longer a region of its own: {one}.")),
    )
    for name in old.keys() & new.keys():
        title = new[name].title
        changes += wording(
            "region",
            f"{name}.title",
            old[name].title,
            title,
            sentence(
                "The region “{old_title}” is now called “{title}”.", old_title=old[name].title, title=title
            ),
        )
        before, after = (", ".join(sorted(region.countries)) for region in (old[name], new[name]))
        changes += ordered(
            "region",
            f"{name}.countries",
            before,
            after,
            True,
            sentence("The countries of the region {title} have changed.", title=title),
        )
        asks = old[name].cookies, new[name].cookies
        if asks[1] == "notice":
            said = sentence(
                "In {region} optional cookies are now set without being asked first: a notice tells of them.",
                region=title,
            )
        else:
            said = sentence("In {region} optional cookies are now set only after a yes.", region=title)
        changes += ordered("region", f"{name}.cookies", *asks, asks[1] == "notice", said)
        said = sentence(
            "In {title} {name} now answers for your data.",
            title=title,
            name=b.company.entities[new[name].entity].name,
        )
        changes += ordered("region", f"{name}.entity", old[name].entity, new[name].entity, True, said)
        if old[name].controller != new[name].controller:
            addresses = old[name].controller.email, new[name].controller.email
            said = sentence(
                "The data controller of {title} is reached at {address}.",
                title=title,
                address=addresses[1],
            )
            changes.append(Change("reworded", "region", f"{name}.controller", *addresses, False, said))
    return changes


def _company(a: Policy, b: Policy) -> list[Change]:
    changes = []
    for key in ("name", "id_name", "published_email"):
        before, after = getattr(a.company, key), getattr(b.company, key)
        changes += wording(
            "company", key, before, after, sentence("{key} is now {after}.", key=KEYS[key], after=after)
        )
    before, after = a.company.prevails, b.company.prevails
    said = sentence(
        "Where two languages of this policy differ, {after} counts now, and no longer {before}.",
        after=after,
        before=before,
    )
    return changes + ordered("company", "prevails", before, after, True, said)


def _roles(a: Policy, b: Policy) -> list[Change]:
    """Who reads is said by the role's words: they are as much of the promise as its name."""
    old, new = a.company.roles, b.company.roles
    changes: list[Change] = []
    for name in old.keys() & new.keys():
        changes += wording(
            "role",
            f"{name}.title",
            old[name],
            new[name],
            sentence("“{old_title}” is now called “{new_title}”.", old_title=old[name], new_title=new[name]),
        )
    return changes


def _guidelines(a: Policy, b: Policy) -> list[Change]:
    return [
        Change(
            "reworded",
            "guideline",
            role,
            "",
            "",
            False,
            sentence(
                "The guidelines for {role} have changed.",
                role=b.company.roles.get(role, role),
            ),
        )
        for role in sorted(a.guidelines.keys() | b.guidelines.keys())
        if a.guidelines.get(role) != b.guidelines.get(role)
    ]


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
