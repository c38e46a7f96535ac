"""Whether the wording still says what the tables say: categories, terms, recipients and promises, clause by
clause, in every language.

Free words stand beside data, and only the data rules. Nothing here understands a sentence; it looks for what
a table would have to know: a kind of data, a length of time, a name, a word of selling, a word that makes a
promise weaker. What it finds a person reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kept.core.policy.comparing import lexicon, names
from kept.core.policy.comparing.diff import diff
from kept.core.policy.comparing.lexicon import Lexicon, pattern, sentences
from kept.core.policy.model import Category, Policy, Purpose, Recipient
from kept.core.policy.wording import Clause

STRONG = ("never", "always", "only", "nobody")
_NEAR = 0.01
"""Days by which two ways of writing one time may differ: 24 months are two years."""
_REMARK = re.compile(r"\s*\([^)]*\)")


def disagreements(policy: Policy) -> list[str]:
    """Every clause whose words no table bears out, one sentence each: file, clause, what it says, what to
    do.
    """
    found: list[str] = []
    for language, text in policy.texts.items():
        words, spoken = lexicon.of(language), policy.in_language(language)
        if words is None:
            continue
        for clause in text.clauses:
            found += [
                f"text/{language}.md: clause {clause.id}: {wrong}"
                for wrong in _Reading(spoken, clause, words)
            ]
    return list(dict.fromkeys([*found, *_less_firm(policy)]))


def _less_firm(policy: Policy) -> Iterator[str]:
    """Promises that another language swears less firmly than promises.toml does."""
    first = lexicon.of(policy.company.languages[0])
    for language in policy.words:
        words, spoken = lexicon.of(language), policy.in_language(language)
        if not first or not words:
            continue
        for name, promise in spoken.promises.items():
            sworn = " ".join(sentences(policy.promises[name].statement))
            said = " ".join(sentences(promise.statement))
            for kind in STRONG:
                if len(words.found(kind, said)) < len(first.found(kind, sworn)):
                    yield (
                        f"words/{language}.toml: promises.{name}.statement: says “{words.lists[kind][0]}”"
                        " less often than promises.toml does. Say it there too."
                    )


def unread_languages(policy: Policy) -> list[str]:
    """Languages of the wording whose words nothing here knows: a person must compare them with the tables."""
    return [language for language in policy.texts if lexicon.of(language) is None]


def to_read_again(before: Policy, after: Policy) -> list[str]:
    """Clauses whose purposes or promises changed in the tables, while their words stayed as they were, in any
    language.
    """
    found = []
    for change in diff(before, after):
        name = change.key.partition(".")[0]
        entry = after.purposes.get(name) if change.what in ("purpose", "retention") else None
        number = (
            entry.clause
            if entry
            else after.promises[name].clause
            if change.what == "promise" and name in after.promises
            else ""
        )
        if change.what == "promise" and not change.key.endswith(".statement"):
            continue
        if change.kind == "reworded" and change.what != "promise":
            continue
        for language in after.texts if number else ():
            old, new = before.clause(number, language), after.clause(number, language)
            if old and new and old.text == new.text:
                found.append(
                    f"text/{language}.md: clause {number} kept its words: {change.sentence} Read whether it"
                    " still says so."
                )
    return list(dict.fromkeys(found))


def weakened(before: Policy, after: Policy) -> list[str]:
    """Clauses that say less firmly what they said: a strong word is gone, or a weak one came."""
    found = []
    for language in before.texts.keys() & after.texts.keys():
        words = lexicon.of(language)
        for clause in after.clauses(language) if words else ():
            old = before.clause(clause.id, language)
            if words and old and old.text != clause.text:
                gone = _fewer(words, [*STRONG, "not"], old, clause)
                came = _fewer(words, ["weak", "softer"], clause, old)
                found += [f"text/{language}.md: clause {clause.id} no longer says “{word}”." for word in gone]
                found += [f"text/{language}.md: clause {clause.id} now says “{word}”." for word in came]
    return sorted(found)


def _fewer(words: Lexicon, kinds: list[str], more: Clause, less: Clause) -> list[str]:
    """Words of these kinds that stand more often in one clause than in the other."""
    sides = []
    for clause in (more, less):
        sides.append(
            [word for kind in kinds for one in sentences(clause.text) for word in words.found(kind, one)]
        )
    return sorted({word for word in sides[0] if sides[0].count(word) > sides[1].count(word)})


class _Reading:
    """One clause in one language, laid beside the tables. Iterate it for what does not agree."""

    def __init__(self, policy: Policy, clause: Clause, words: Lexicon) -> None:
        self.policy, self.clause, self.words = policy, clause, words
        self.sentences = sentences(f"{clause.title}.\n\n{clause.text}")
        tagged = {
            *clause.purposes,
            *(purpose.id for purpose in policy.purposes.values() if purpose.clause == clause.id),
        }
        self.purposes: list[Purpose] = [
            policy.purposes[name] for name in sorted(tagged) if name in policy.purposes
        ]
        self.promises = [policy.promises[name] for name in clause.promises if name in policy.promises]

    def __iter__(self) -> Iterator[str]:
        yield from self._categories()
        yield from self._terms()
        yield from self._recipients()
        yield from self._sale()
        yield from self._firmness()

    # Categories ---------------------------------------------------------------------------------------------

    def _categories(self) -> Iterator[str]:
        used = {category for purpose in self.purposes for category in purpose.uses}
        spoken = {name: self._spoken(category) for name, category in self.policy.categories.items()}
        for one in self._affirmed():
            borne = [match.span() for name in used for match in spoken[name].finditer(one)]
            for name, words in spoken.items() if self.purposes else ():
                if name not in used:
                    for match in words.finditer(one):
                        if not any(start <= match.start() and match.end() <= end for start, end in borne):
                            yield (
                                f"says “{match[0]}”, and {self._names()} may not use {name} by purposes.toml."
                                f" {self._mend('uses', name)}"
                            )
            yield from self._unknown_kinds(
                one, [*borne, *(match.span() for words in spoken.values() for match in words.finditer(one))]
            )

    def _unknown_kinds(self, sentence: str, borne: list[tuple[int, int]]) -> Iterator[str]:
        known = {category.fideslang for category in self.policy.categories.values()}
        for key, words in self.words.categories.items():
            if not any(key == one or one.startswith(f"{key}.") for one in known):
                for match in words.finditer(sentence):
                    if not any(start <= match.start() and match.end() <= end for start, end in borne):
                        yield (
                            f"says “{match[0]}”, and categories.toml knows no such kind of data ({key}). Take"
                            " it out, or add the category."
                        )

    def _spoken(self, category: Category) -> re.Pattern[str]:
        """How the wording calls a category: as its table says, by its title, and by the taxonomy's key where
        no other has it.
        """
        title = _REMARK.sub("", category.title).partition(",")[0]
        named = [*category.named, *([title] if len(title.split()) > 1 and len(title.split()) < 5 else [])]
        alone = sum(one.fideslang == category.fideslang for one in self.policy.categories.values()) == 1
        common = self.words.lists["categories"].get(category.fideslang, []) if alone else []
        return pattern([*named, *common])

    def _affirmed(self) -> list[str]:
        return [
            part for one in self.sentences for part in self.words.parts(one) if not self.words.negated(part)
        ]

    def _names(self) -> str:
        return " and ".join(purpose.id for purpose in self.purposes)

    def _mend(self, key: str, name: str) -> str:
        return f"Take it out of the clause, or write {name} under {self.purposes[0].id}.{key}."

    # Terms --------------------------------------------------------------------------------------------------

    def _terms(self) -> Iterator[str]:
        allowed = [purpose.duration.length() for purpose in self.purposes]
        allowed += [
            clock.within.length() for clock in self.policy.clocks.values() if clock.clause == self.clause.id
        ]
        allowed += [
            cookie.lifetime.length()
            for cookie in self.policy.cookies.values()
            if cookie.lifetime and (self.clause.table == "cookies" or cookie.purpose in self.clause.purposes)
        ]
        days = [length.total_seconds() / 86400 for length in allowed]
        days += [
            span
            for promise in self.promises
            for one in sentences(promise.rule)
            for _, span in self.words.durations(one)
        ]
        for one in self.sentences:
            for said, span in self.words.durations(one):
                if not any(abs(span - other) < _NEAR for other in days):
                    yield (
                        f"says “{said}”, and no table names that time for it. Write the time of the table, or"
                        " let the table say it."
                    )
            for said in (
                self.words.found("forever", one) if self.purposes and not self.words.negated(one) else ()
            ):
                yield (
                    f"says “{said}”, and {self._names()} ends by purposes.toml. Write the time of the table."
                )

    # Recipients ---------------------------------------------------------------------------------------------

    def _recipients(self) -> Iterator[str]:
        reached = {
            recipient.id for purpose in self.purposes for recipient in self.policy.recipients_of(purpose.id)
        }
        for recipient in self.policy.recipients.values() if self.purposes else ():
            if recipient.id not in reached and recipient.kind != "group" and self._named(recipient):
                yield (
                    f"names {recipient.title}, and {self._names()} does not reach it."
                    f" {self._mend('shared_with', recipient.id)}"
                )
        for name in self._strangers():
            yield f"names “{name}”, and no table knows it. Take it out, or write it into recipients.toml."
        for one in self._affirmed():
            if self.words.has("share", one) or self.words.has("sold", one):
                for said in self.words.found("outsiders", one):
                    yield (
                        f"says “{said}”, and no table lets anything reach them. Take it out, or name the"
                        " recipients."
                    )
                yield from self._kinds(one, reached)

    def _kinds(self, sentence: str, reached: set[str]) -> Iterator[str]:
        kinds = {self.policy.recipients[name].kind for name in reached} if self.purposes else None
        if kinds is None:
            kinds = {recipient.kind for recipient in self.policy.recipients.values()}
        for kind in ("group", "provider", "partner", "authority"):
            if kind not in kinds:
                for said in self.words.found(kind, sentence):
                    yield (
                        f"says “{said}”, and no table lets a recipient of the kind {kind} have it. Take it"
                        " out, or name the recipient."
                    )

    def _named(self, recipient: Recipient) -> bool:
        names = {_REMARK.sub("", recipient.title), _REMARK.sub("", recipient.legal_name)}
        return any(pattern([name]).search(one) for name in names if len(name) > 2 for one in self._affirmed())

    def _strangers(self) -> Iterator[str]:
        """Names that look like a company's, written with a capital inside a sentence, which neither a table
        nor the language explains.
        """
        known = names.known(self.policy, self.words)
        return names.strangers(self.clause.text, known, self.words)

    # Promises -----------------------------------------------------------------------------------------------

    def _sale(self) -> Iterator[str]:
        for one in self.sentences:
            firm = self.words.has("never", one) or self.words.has("nobody", one) or self.words.has("not", one)
            if not firm:
                for said in [*self.words.found("sold", one)] if not self.words.has("goods", one) else ():
                    yield f"says “{said}”, and personal data is never sold or rented here (P13). Take it out."
                for said in self._selling(one):
                    yield f"says “{said}”, and personal data is never sold or rented here (P13). Take it out."

    def _selling(self, sentence: str) -> Iterator[str]:
        for match in self.words.patterns["sell"].finditer(sentence):
            rest = re.split(r"[,;:.]", sentence[match.end() :])[0]
            near = " ".join(rest.split()[:7])
            if self.words.has("data", near) and not self.words.has("goods", near):
                yield match[0]

    def _firmness(self) -> Iterator[str]:
        if not (self.promises or self.purposes):
            return
        for one in self.sentences:
            firm = any(self.words.has(kind, one) for kind in (*STRONG, "not"))
            for said in self.words.found("weak", one) if firm or self.promises else ():
                yield (
                    f"says “{said}”, and a promise is not kept {said}. Say it plainly, or take the promise"
                    " back in promises.toml."
                )
        # A version from before translations has its statements in the first language alone.
        spoken = self.policy.language in self.policy.words
        first = self.words if spoken else lexicon.of(self.policy.company.languages[0])
        for promise in self.promises if first else ():
            for kind in ("never", "always", "only", "nobody"):
                sworn = len(first.found(kind, " ".join(sentences(promise.statement)))) if first else 0
                said_here = sum(len(self.words.found(kind, one)) for one in self.sentences)
                if said_here < sworn:
                    yield (
                        f"says “{self.words.lists[kind][0]}” less often than {promise.row} in promises.toml"
                        " does. Say it there too."
                    )
