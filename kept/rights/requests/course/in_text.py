"""The short words of a request as they stand in the middle of a sentence.

Each is a word of its own for whoever translates: in German a noun keeps its capital there, and lower case is
a rule of English alone.
"""

from __future__ import annotations

from django.utils.translation import get_language

from kept.rights.requests.request_kinds import words_in_text
from kept.sentences import sentence

_WORDS: dict[str, str] = {
    "Answered": sentence("answered"),
    "Carried out": sentence("carried out"),
    "Refused, with reasons": sentence("refused, with reasons"),
    "Taken back by who asked": sentence("taken back by who asked"),
    "Identity was not confirmed": sentence("identity was not confirmed"),
    "Nobody of that name or address is known": sentence("nobody of that name or address is known"),
    "No request: spam": sentence("no request: spam"),
    "The same as another request": sentence("the same as another request"),
    "A lawyer or other authorised person": sentence("a lawyer or other authorised person"),
    "A parent or guardian": sentence("a parent or guardian"),
    "An heir": sentence("an heir"),
    "An agent or an organisation": sentence("an agent or an organisation"),
    "Not known yet": sentence("not known yet"),
    "Unlikely to be a risk": sentence("unlikely to be a risk"),
    "A risk": sentence("a risk"),
    "A high risk": sentence("a high risk"),
    "Open": sentence("open"),
    "The clock stands: identity asked for": sentence("the clock stands: identity asked for"),
    "Answered, to be posted": sentence("answered, to be posted"),
    "Extended": sentence("extended"),
    "Closed": sentence("closed"),
    "Fulfilled": sentence("fulfilled"),
    "Taken back": sentence("taken back"),
    "Refused": sentence("refused"),
    "Expired": sentence("expired"),
}


_ROLES: dict[str, str] = {
    "controller": sentence("controller"),
    "officer": sentence("officer"),
    "support": sentence("support"),
    "sales": sentence("sales"),
    "system": sentence("system"),
    "self": sentence("self"),
}


def lowered(title: str) -> str:
    """A title of the policy inside a sentence: as it is where nouns have a capital everywhere."""
    return title if get_language() == "de" else title.lower()


def of_role(role: str) -> str:
    """Who did something, in a word; a role we have no word for keeps its id."""
    return _ROLES.get(role, role)


def in_text(label: str) -> str:
    """A label of ours as it stands inside a sentence; another word as it is."""
    return _WORDS.get(label) or dict(words_in_text()).get(label, label)
