"""Everything the vault can refuse, as one tree.

    VaultError
    ├── PurposeRequired      nothing reads or writes without a stated purpose and a known reader
    ├── NotAllowed           the policy says no: .refused names clause, reason and whom to ask
    ├── MatterRequired       staff read for an open matter, a job for itself
    ├── GuidelineRequired    staff read nothing of anybody before they acknowledged their guidelines
    ├── ReasonRequired       opening what is masked asks for the reason
    ├── NestedInTransaction  a purpose over other people's data opens outermost
    ├── GeneratorRefused     a generator would carry the purpose to whoever called it
    ├── KeyErased            the person's key is gone, and with it what it sealed
    ├── SealBroken           the value is not the one that was sealed here
    ├── SealRefused          this would put a value into the database, a query or a text in the clear
    │   └── CardNumberRefused    a card number is kept nowhere (cards.py)
    ├── FileNotKept          the disk did not take the file: nothing of it was left behind
    └── MasterKeyProblem     missing, unreadable, too open, or not the one the data was sealed with

None of them is an AttributeError, KeyError, TypeError or ValueError: templates and ``getattr`` with a default
must not swallow them.
"""

from __future__ import annotations

from collections.abc import Sequence

from kept.core.policy.verdict import Refused
from kept.sentences import chained, sentence


class VaultError(Exception):
    silent_variable_failure = False


class PurposeRequired(VaultError):
    pass


class NotAllowed(VaultError):
    """``refused`` carries the clause, the reason in one sentence, and whom to ask."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(sentence("{reason} (clause {clause})", reason=refused.reason, clause=refused.clause))
        self.refused = refused


class MatterRequired(VaultError):
    pass


class GuidelineRequired(VaultError):
    """``titles`` of the guidelines that are to be read first, in the policy's own language."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(
            sentence(
                "Read and acknowledge your guidelines first: {titles}.",
                titles=chained(titles) if titles else "",
            )
        )
        self.titles = tuple(titles)


class ReasonRequired(VaultError):
    pass


class NestedInTransaction(VaultError):
    pass


class GeneratorRefused(VaultError):
    pass


class KeyErased(VaultError):
    pass


class SealBroken(VaultError):
    pass


class SealRefused(VaultError):
    pass


class FileNotKept(VaultError):
    pass


class MasterKeyProblem(VaultError):
    pass
