"""What a person may choose, purpose by purpose: read from the policy in force, never listed here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import override

from kept.core.consent.choices import Notice
from kept.core.policy.model import Policy, Purpose
from kept.core.policy.verdict import Standing
from kept.core.register.dormancy import dormant
from kept.core.register.explanations import BASES, clause_url

YES, NO, RESTRICT, LIFT = "yes", "no", "restrict", "lift"


@dataclass(frozen=True, slots=True)
class Option:
    """One purpose as she sees it.

    ``said`` is yes, no or "" (never asked); ``verbs`` are the buttons that change something.
    """

    purpose: Purpose
    basis: str
    said: str
    restricted: bool
    waits: bool
    verbs: tuple[str, ...]

    @property
    def stands(self) -> str:
        """How it stands, in one word for a form to say what it showed."""
        return f"{self.said or 'unasked'}{'-restricted' if self.restricted else ''}"

    @property
    def in_words(self) -> str:
        if self.restricted:
            return {
                YES: _("you said yes, and restricted it"),
                NO: _("you said no, and restricted it"),
            }.get(self.said, _("you were not asked, and restricted it"))
        return {YES: _("you said yes"), NO: _("you said no")}.get(self.said, _("you were not asked"))

    @property
    def clause_url(self) -> str:
        return clause_url(self.purpose.clause)


def options(policy: Policy, standing: Standing, *, employed: bool = True) -> list[Option]:
    """Those with a choice first, then what can be restricted; rights of hers cannot be switched off, and are
    left out.

    Whoever is not ``employed`` here is not asked about uses that are about employees alone.
    """
    asked = [
        one for one in policy.purposes.values() if not one.right and (employed or one.people != ("employee",))
    ]
    found = [_option(policy, purpose, standing) for purpose in asked]
    return sorted(
        (one for one in found if one.purpose.choice != "none" or one.verbs),
        key=lambda one: one.purpose.choice == "none",
    )


def option(policy: Policy, purpose: str, standing: Standing) -> Option | None:
    """That of one purpose, as ``options`` lists it."""
    wanted = policy.purposes.get(purpose)
    found = _option(policy, wanted, standing) if wanted and not wanted.right else None
    return found if found and (found.purpose.choice != "none" or found.verbs) else None


@lru_cache(maxsize=256)
def notice(policy: Policy, purpose: Purpose, version: int, language: str) -> Notice:
    """The words on the page, in the language it is written in, which are what she says yes or no to."""
    policy = policy.in_language(language)
    purpose = policy.purposes[purpose.id]
    with override(language):
        recipients = ", ".join(str(one.title) for one in policy.recipients_of(purpose.id)) or _("nobody")
        text = _("{title}. {why} It uses: {kinds}. Goes to: {recipients}. Kept {until}.").format(
            title=purpose.title,
            why=purpose.why,
            kinds=", ".join(str(policy.categories[id].title) for id in purpose.uses),
            recipients=recipients,
            until=purpose.kept_until(),
        )
    return Notice(text, purpose.clause, version)


def _option(policy: Policy, purpose: Purpose, standing: Standing) -> Option:
    said = NO if purpose.id in standing.objections else YES if purpose.id in standing.consents else ""
    restricted = purpose.id in standing.restrictions
    # A use that is nobody's yet cannot be restricted; a yes or no to it can be given, and waits with it.
    waits = dormant(purpose)
    verbs = [verb for verb in (YES, NO) if verb != said and purpose.choice != "none"]
    if policy.rules[purpose.id].restrictable and not waits:
        verbs.append(LIFT if restricted else RESTRICT)
    return Option(purpose, BASES[purpose.basis], said, restricted, waits, tuple(verbs))
