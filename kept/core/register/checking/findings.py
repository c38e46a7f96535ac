"""What the check can say: each id once, with its meaning.

``docs/checks.md`` documents every one of them, and a test holds it to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    STRUCTURAL = "structural"
    """The two statements disagree: nothing starts."""
    DATED = "dated"
    """Something died by its date: it stops that one recipient, never the portal."""
    NOTICE = "notice"
    """Worth knowing. Stops nothing."""


IDS = {
    "kept.E001": "A field or column belongs to a person, but nothing says what it is.",
    "kept.E002": "A table is not declared at all.",
    "kept.E003": "A declaration names something that does not exist, or says it twice.",
    "kept.E004": "The code holds a category the policy does not name.",
    "kept.E005": "A held category is covered by no purpose.",
    "kept.E006": "Something held has no retention.",
    "kept.E007": "The code names a purpose the policy does not have.",
    "kept.E008": "A purpose of the policy is used by nobody, and its touchpoint is installed.",
    "kept.E009": "The code hands data to a recipient the policy does not name, or not for that purpose.",
    "kept.E010": "A cookie is set that the policy's table lacks.",
    "kept.E011": "The policy's table names a cookie that an installed touchpoint does not set.",
    "kept.E012": "A promise names a proof that no code gives.",
    "kept.E013": "The code gives work to a role the policy does not have.",
    "kept.E014": "A personal value lies in the clear, and nothing says why.",
    "kept.E015": "A clock of the policy is longer than the law's.",
    "kept.E016": "The policy cannot be read.",
    "kept.E017": "A language of the policy lacks a paragraph of another.",
    "kept.E018": "The database did not answer.",
    "kept.E019": "Nothing says when a term begins: something held would live for ever.",
    "kept.E020": "A value outlives its purposes, because it cannot be emptied while its row is kept.",
    "kept.E021": "A cookie is of another kind in the code than in the policy's table.",
    "kept.E022": "A proof does not say what it does not see.",
    "kept.E023": "A promise rests on a proof that is about another promise.",
    "kept.E024": "A model has a verb that nothing can call.",
    "kept.E025": "A form asks for something that nobody declared.",
    "kept.D001": "A transfer mechanism is dead: that recipient gets nothing.",
    "kept.D002": "A contract is not in force: that recipient gets nothing.",
    "kept.D003": "A row names a sealed file that is not on this machine's disk.",
    "kept.N001": "The edited folder differs from the version in force.",
    "kept.N002": "Nothing is published yet; the edited folder was checked instead.",
    "kept.N003": "Code gives a proof that no promise names.",
    "kept.N004": "The edited folder cannot be read. The version in force rules on.",
    "kept.N005": "A published version that waits for its day will not agree with the program.",
}

_LEVELS = {"E": Level.STRUCTURAL, "D": Level.DATED, "N": Level.NOTICE}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: ``message`` says what is wrong and where in both statements, ``hint`` what to do.

    ``recipient`` names the one a dated finding stops.
    """

    id: str
    message: str
    hint: str
    recipient: str = ""

    @property
    def level(self) -> Level:
        return _LEVELS[self.id.rpartition(".")[2][0]]

    def __str__(self) -> str:
        return f"{self.id} {self.message} {self.hint}"
