"""How the values of a record are called, and where they came from, in the words of whoever reads it.

A column is called by its own name in a file for machines, and by this one before people.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext, pgettext_lazy

from kept.rights.access.language_shown import language_shown
from kept.sentences import sentence

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

KNOWN = [
    pgettext_lazy("value", "About"),
    pgettext_lazy("value", "Acknowledged at"),
    pgettext_lazy("value", "Address"),
    pgettext_lazy("value", "After"),
    pgettext_lazy("value", "Agent"),
    pgettext_lazy("value", "Answer by"),
    pgettext_lazy("value", "Approver"),
    pgettext_lazy("value", "Denied at"),
    pgettext_lazy("value", "Keys off"),
    pgettext_lazy("value", "Left out"),
    pgettext_lazy("value", "Sha256"),
    pgettext_lazy("value", "Answer"),
    pgettext_lazy("value", "Answered at"),
    pgettext_lazy("value", "Answers"),
    pgettext_lazy("value", "Asked at"),
    pgettext_lazy("value", "At"),
    pgettext_lazy("value", "Attribute"),
    pgettext_lazy("value", "Before"),
    pgettext_lazy("value", "Begun at"),
    pgettext_lazy("value", "Body"),
    pgettext_lazy("value", "Came back at"),
    pgettext_lazy("value", "Came back"),
    pgettext_lazy("value", "Carried at"),
    pgettext_lazy("value", "Categories"),
    pgettext_lazy("value", "Changed at"),
    pgettext_lazy("value", "Channel"),
    pgettext_lazy("value", "Checked at"),
    pgettext_lazy("value", "Choices"),
    pgettext_lazy("value", "Claimed at"),
    pgettext_lazy("value", "Closed at"),
    pgettext_lazy("value", "Confirmed at"),
    pgettext_lazy("value", "Consents"),
    pgettext_lazy("value", "Consequence"),
    pgettext_lazy("value", "Country"),
    pgettext_lazy("value", "Created at"),
    pgettext_lazy("value", "Decided at"),
    pgettext_lazy("value", "Decision"),
    pgettext_lazy("value", "Delivered at"),
    pgettext_lazy("value", "Destroyed at"),
    pgettext_lazy("value", "Details"),
    pgettext_lazy("value", "Dies at"),
    pgettext_lazy("value", "Due"),
    pgettext_lazy("value", "Email"),
    pgettext_lazy("value", "Ended at"),
    pgettext_lazy("value", "Ends at"),
    pgettext_lazy("value", "Enquiry"),
    pgettext_lazy("value", "Entity"),
    pgettext_lazy("value", "Evidence"),
    pgettext_lazy("value", "Exercise"),
    pgettext_lazy("value", "Expires"),
    pgettext_lazy("value", "Extended at"),
    pgettext_lazy("value", "Falls at"),
    pgettext_lazy("value", "Field"),
    pgettext_lazy("value", "Fields"),
    pgettext_lazy("value", "Finished at"),
    pgettext_lazy("value", "First due"),
    pgettext_lazy("value", "Given under"),
    pgettext_lazy("value", "Guideline"),
    pgettext_lazy("value", "Handle"),
    pgettext_lazy("value", "Happened on"),
    pgettext_lazy("value", "Heading"),
    pgettext_lazy("value", "Identified at"),
    pgettext_lazy("value", "Invited at"),
    pgettext_lazy("value", "Jurisdiction"),
    pgettext_lazy("value", "Kind"),
    pgettext_lazy("value", "Language"),
    pgettext_lazy("value", "Last used at"),
    pgettext_lazy("value", "Looked at"),
    pgettext_lazy("value", "Missing"),
    pgettext_lazy("value", "Name"),
    pgettext_lazy("value", "Names a person"),
    pgettext_lazy("value", "Notice"),
    pgettext_lazy("value", "Number"),
    pgettext_lazy("value", "Objections"),
    pgettext_lazy("value", "Old"),
    pgettext_lazy("value", "Opened at"),
    pgettext_lazy("value", "Organisation"),
    pgettext_lazy("value", "Outcome"),
    pgettext_lazy("value", "Password is short"),
    pgettext_lazy("value", "Paused days"),
    pgettext_lazy("value", "Phone typed"),
    pgettext_lazy("value", "Phone"),
    pgettext_lazy("value", "Primary"),
    pgettext_lazy("value", "Purchase date"),
    pgettext_lazy("value", "Purpose"),
    pgettext_lazy("value", "Purposes"),
    pgettext_lazy("value", "Queued at"),
    pgettext_lazy("value", "Reason"),
    pgettext_lazy("value", "Received at"),
    pgettext_lazy("value", "Recipient"),
    pgettext_lazy("value", "Recorded at"),
    pgettext_lazy("value", "Reference"),
    pgettext_lazy("value", "Refused at"),
    pgettext_lazy("value", "Regime"),
    pgettext_lazy("value", "Region"),
    pgettext_lazy("value", "Relation"),
    pgettext_lazy("value", "Request"),
    pgettext_lazy("value", "Restrictions"),
    pgettext_lazy("value", "Results taken at"),
    pgettext_lazy("value", "Results until"),
    pgettext_lazy("value", "Role"),
    pgettext_lazy("value", "Rule"),
    pgettext_lazy("value", "Safeguard"),
    pgettext_lazy("value", "Seen"),
    pgettext_lazy("value", "Sent at"),
    pgettext_lazy("value", "Settle at"),
    pgettext_lazy("value", "Settled at"),
    pgettext_lazy("value", "Silence"),
    pgettext_lazy("value", "Since"),
    pgettext_lazy("value", "Size"),
    pgettext_lazy("value", "Source"),
    pgettext_lazy("value", "Statement"),
    pgettext_lazy("value", "Status"),
    pgettext_lazy("value", "Stopped at"),
    pgettext_lazy("value", "Table"),
    pgettext_lazy("value", "Telling"),
    pgettext_lazy("value", "Template"),
    pgettext_lazy("value", "Text"),
    pgettext_lazy("value", "Times"),
    pgettext_lazy("value", "To"),
    pgettext_lazy("value", "Told at"),
    pgettext_lazy("value", "Told"),
    pgettext_lazy("value", "Topic"),
    pgettext_lazy("value", "Tries"),
    pgettext_lazy("value", "Trouble"),
    pgettext_lazy("value", "Type"),
    pgettext_lazy("value", "Undone at"),
    pgettext_lazy("value", "Unit"),
    pgettext_lazy("value", "Until"),
    pgettext_lazy("value", "Vat"),
    pgettext_lazy("value", "Verified"),
    pgettext_lazy("value", "Verify until"),
    pgettext_lazy("value", "Version"),
    pgettext_lazy("value", "Voided at"),
    pgettext_lazy("value", "Waiting since"),
    pgettext_lazy("value", "Warranty from"),
    pgettext_lazy("value", "What entitles them"),
    pgettext_lazy("value", "What happened"),
    pgettext_lazy("value", "What"),
    pgettext_lazy("value", "Who"),
    pgettext_lazy("value", "Why"),
    pgettext_lazy("value", "Withheld"),
]
"""Every name of a column about people. Who adds a column adds its name, a touchpoint by ``known_as``: a test
looks.
"""
_OTHERWISE = {"claim": "What entitles them", "happened": "What happened", "named": "Names a person"}
"""Columns that people call by another name than the program."""
SOURCES = (
    sentence("authorised agent"),
    sentence("breach"),
    sentence("change of address"),
    sentence("claim of somebody else"),
    sentence("copy"),
    sentence("copy by post"),
    sentence("correction"),
    sentence("dissolved"),
    sentence("employment"),
    sentence("erasure"),
    sentence("handed on"),
    sentence("held by law"),
    sentence("identity check"),
    sentence("identity checked by hand"),
    sentence("identity confirmed"),
    sentence("phone call"),
    sentence("product registration"),
    sentence("profile"),
    sentence("registration"),
    sentence("reminder"),
    sentence("sign-in"),
    sentence("sign-up"),
    sentence("status page"),
    sentence("taken back"),
    sentence("taking an address back"),
    sentence("taking your address back"),
    sentence("this browser"),
    sentence("transfer"),
    sentence("undone registration"),
    sentence("your browser's signal"),
    sentence("your choice of cookies"),
    sentence("your choices"),
    sentence("your organisation"),
    sentence("your profile"),
    sentence("claim {reference}", reference="…"),
    sentence("correction {reference}", reference="…"),
    sentence("erasure {reference}", reference="…"),
    sentence("handover {reference}", reference="…"),
    sentence("matter {reference}", reference="…"),
    sentence("request {reference}", reference="…"),
    sentence("your registration {reference}", reference="…"),
)
"""Where a value may come from, and what an act may be about. A source that stands nowhere here is shown as
it was written.
"""
_REFERENCE = re.compile(r"(?P<of>[^{}]*) (?P<reference>[A-Z]+-[0-9A-Z-]+|[0-9a-f]{8}|[0-9]+)")


def known_as(*names: StrPromise) -> None:
    """The names of columns that only a touchpoint has: ``pgettext_lazy("value", "Serial")``. Write it in its
    ``personal.py``.
    """
    KNOWN.extend(names)


def plain_name(attribute: str) -> str:
    """As the program calls a column: the same in every language."""
    words = attribute.removesuffix("_id").replace("_", " ")
    return words[:1].upper() + words[1:]


def called(attribute: str) -> str:
    """What people call a column, in English."""
    return _OTHERWISE.get(attribute) or plain_name(attribute)


def name_of_value(attribute: str) -> str:
    """As people call it, in the language of the page."""
    return pgettext("value", called(attribute))


def source_in_words(source: str) -> str:
    """ "your registration REG-2026-7KQ4M2", as it stands in a seal, in the language of the page."""
    if not source.isprintable():
        # No words of ours, and a catalogue would change its line breaks.
        return source
    if found := _REFERENCE.fullmatch(source):
        return gettext(found["of"] + " {reference}").format(reference=found["reference"])
    return gettext(source) if source else ""


def in_a_sentence(words: str) -> str:
    """A title in the middle of a sentence. Words like ID and E-mail keep their shape, and so does German."""
    if language_shown() == "de" or words[:2].isupper() or words.startswith("E-"):
        return words
    return words[:1].lower() + words[1:]
