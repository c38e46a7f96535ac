"""Free words stand beside data: what a clause says and no table bears out is named, in every language."""

from __future__ import annotations

import pytest

from kept.core.policy.comparing.agreement import disagreements, to_read_again, unread_languages, weakened
from kept.core.policy.comparing.diff import diff
from kept.core.policy.comparing.rewording import same_words
from kept.core.policy.loader import from_files
from kept.core.policy.model import Policy
from kept.core.policy.tests.conftest import Edit

TEXT = "text/en.md"
PHONE = (
    '"contact.email", "contact.phone", "contact.preferences", "equipment.serial", "equipment.purchase",'
    ' "support.content"'
)
HELP = "and for nothing else.\n\n### 4.3"
SOLD = "We never sell your data. We never rent it to other marketers."


def said(cet: Policy, sentence: str, clause: str = "4.2") -> list[str]:
    """What is named when a sentence is added to the clause on help."""
    assert cet.files[TEXT].count(HELP) == 1
    text = cet.files[TEXT].replace(HELP, f"and for nothing else. {sentence}\n\n### 4.3")
    return [
        one for one in disagreements(from_files({**cet.files, TEXT: text})) if f"clause {clause}: " in one
    ]


def test_the_words_of_both_companies_agree_with_their_tables(cet: Policy, bakery: Policy) -> None:
    assert disagreements(cet) == disagreements(bakery) == []


@pytest.mark.parametrize(
    ("purpose", "category", "clause", "word"),
    [
        ("support", "contact.phone", "4.2", "phone number"),
        ("support", "contact.email", "4.2", "e-mail address"),
        ("support", "contact.preferences", "4.2", "how you wish to be reached"),
        ("support", "identity.organisation", "4.2", "organisation"),
        ("support", "support.content", "4.2", "what was said and sent before about them"),
        ("sales", "contact.phone", "4.3", "phone number"),
        ("registration", "equipment.proof", "4.4", "proof of purchase"),
        ("registration", "equipment.serial", "4.4", "serial number"),
        ("orders", "contact.phone", "4.6", "phone number"),
        ("orders", "payment.card", "4.6", "token of your card"),
        ("seminars", "contact.email", "4.8", "e-mail address"),
        ("seminar-needs", "seminar.needs", "4.8", "food or access"),
        ("research", "research.occupation", "2.3", "occupation"),
        ("account", "contact.address", "3.1", "postal address"),
    ],
)
def test_a_clause_that_names_what_its_purpose_may_not_use(
    cet: Policy, purpose: str, category: str, clause: str, word: str
) -> None:
    before, head, rest = cet.files["purposes.toml"].partition(f"[{purpose}]\n")
    row, foot, after = rest.partition("read_by")
    row = (
        row.replace(f'"{category}", ', "")
        .replace(f', "{category}"', "")
        .replace(f'"{category}"', '"consent.record"')
    )
    narrowed = from_files({**cet.files, "purposes.toml": before + head + row + foot + after})
    found = disagreements(narrowed)
    assert any(f"clause {clause}: says “{word}”" in one for one in found), found
    assert any(f"clause {clause} kept its words" in one for one in to_read_again(cet, narrowed))


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("It is kept seven years and sold to partners.", "seven years"),
        ("It is kept seven years and sold to partners.", "sold"),
        ("It is kept for two years.", "two years"),
        ("We keep it 24 months.", "24 months"),
        ("We keep it for twenty-four months.", "twenty-four months"),
        ("We keep it for P2Y.", "P2Y"),
        ("We keep it for a decade.", "a decade"),
        ("We delete it after a week.", "a week"),
        ("We keep it indefinitely.", "indefinitely"),
        ("We note your date of birth as well.", "date of birth"),
        ("They read your location.", "location"),
        ("They see the card number.", "card number"),
        ("We pass it to advertisers.", "advertisers"),
        ("It goes to third parties.", "third parties"),
        ("We give it to the authorities on request.", "authorities"),
        ("It goes to Acme Analytics.", "Acme"),
        ("Mailchimp sends our answers.", "Mailchimp"),
        ("We share it with Initech GmbH.", "Initech GmbH"),
        ("The survey house receives it.", "Survey house"),
        ("We may sell your data.", "sell"),
        ("Your data is rented out.", "rented"),
        ("We trade your information for a fee.", "for a fee"),
        ("Normally nobody else sees it.", "normally"),
        ("We try to delete it in time.", "try to"),
    ],
)
def test_a_sentence_no_table_bears_out(cet: Policy, sentence: str, word: str) -> None:
    assert any(f"“{word}”" in one or word in one for one in said(cet, sentence)), said(cet, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It is kept for three years.",
        "It is kept for 36 months.",
        "No phone call is recorded.",
        "We never ask for your date of birth.",
        "Nothing goes to advertisers.",
        "You must be 18 years old.",
        "The service partner (demo) receives it.",
        "We sell products, and help with them.",
        "On Monday it opens again, in Belgium and in the European Union.",
    ],
)
def test_what_the_tables_bear_out_is_not_named(cet: Policy, sentence: str) -> None:
    assert said(cet, sentence) == []


@pytest.mark.parametrize(
    "words",
    [
        "We do not currently sell your data. We never rent it to other marketers.",
        "We sell your data. We never rent it to other marketers.",
        "As a rule we never sell your data, and never rent it.",
        "We never knowingly sell your data. We never rent it to other marketers.",
        "We do not sell your data. We do not rent it to other marketers.",
        "We seldom sell your data. We never rent it to other marketers.",
        "We try to never sell your data. We never rent it to other marketers.",
    ],
)
def test_a_promise_that_got_weaker_is_named_and_waits(cet: Policy, edited: Edit, words: str) -> None:
    weaker = edited(cet, TEXT, SOLD, words)
    assert any("clause 5.1: " in one for one in disagreements(weaker))
    assert any("clause 5.1 " in one for one in weakened(cet, weaker))
    assert [change.waits for change in diff(cet, weaker)] == [True]


def test_an_exception_is_named_as_weaker(cet: Policy, edited: Edit) -> None:
    weaker = edited(cet, TEXT, SOLD, SOLD[:-1] + ", except to partners.")
    assert "text/en.md: clause 5.1 now says “except”." in weakened(cet, weaker)


FRENCH = {
    "Il est conservé sept ans et vendu à des partenaires.": ("sept ans", "vendu"),
    "Nous transmettons votre numéro de téléphone aux annonceurs.": ("numéro de téléphone", "annonceurs"),
    "Actuellement nous ne vendons pas vos données.": ("actuellement",),
    "Mailchimp reçoit tout.": ("Mailchimp",),
}


@pytest.mark.parametrize("sentence", FRENCH)
def test_every_language_is_read(bakery: Policy, edited: Edit, sentence: str) -> None:
    spoken = edited(
        bakery, "text/fr.md", "Votre carte compte vos pains.", f"Votre carte compte vos pains. {sentence}"
    )
    found = disagreements(spoken)
    for word in FRENCH[sentence]:
        assert any("text/fr.md: clause 1.1: " in one and word in one for one in found), (word, found)


@pytest.mark.parametrize(
    ("language", "sentence", "word"),
    [
        ("de", "Wir bewahren es zwei Jahre auf.", "zwei jahre"),
        ("de", "Ihre Daten werden an Dritte verkauft.", "verkauft"),
        ("de", "Wir verkaufen derzeit keine Daten.", "derzeit"),
        ("nl", "Wij bewaren het twee jaar.", "twee jaar"),
        ("nl", "Uw gegevens worden verkocht aan adverteerders.", "verkocht"),
        ("nl", "Momenteel verkopen wij geen gegevens.", "momenteel"),
    ],
)
def test_german_and_dutch_are_read(bakery: Policy, language: str, sentence: str, word: str) -> None:
    company = bakery.files["company.toml"].replace(
        'languages = ["fr", "en"]', f'languages = ["fr", "en", "{language}"]'
    )
    assert company != bakery.files["company.toml"]
    text = bakery.files["text/en.md"].replace("Your card counts your loaves.", sentence)
    spoken = from_files({**bakery.files, "company.toml": company, f"text/{language}.md": text})
    assert any(f"text/{language}.md: clause 1.1: says “{word}”" in one for one in disagreements(spoken))


def test_a_language_nobody_knows_here_is_said(bakery: Policy) -> None:
    company = bakery.files["company.toml"].replace(
        'languages = ["fr", "en"]', 'languages = ["fr", "en", "fi"]'
    )
    spoken = from_files({**bakery.files, "company.toml": company, "text/fi.md": bakery.files["text/en.md"]})
    assert unread_languages(spoken) == ["fi"]
    assert any(change.key == "fi" and change.waits for change in diff(bakery, spoken))


KNOWN = {"address", "organisation", "receive", "contact", "contract"}


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("We sell; you", "we sell, YOU", True),
        ("your  e-mail", "your email", True),
        ("don't", "don’t", True),
        ("ad\u00address", "address", True),
        ("adress", "address", True),
        ("receive", "recieve", True),
        ("organisation", "organization", True),
        ("never", "ever", False),
        ("nowhere", "now here", False),
        ("1.5 years", "15 years", False),
        ("~~never~~ sell", "never sell", False),
        ("contract", "contact", False),
        ("€ 5", "$ 5", False),
        ("10 %", "10", False),
        ("30 days", "3 days", False),
        ("not sold", "now sold", False),
        ("your data", "our data", False),
        ("we are unable", "we are able", False),
        ("erased", "erases", False),
        ("sеll", "sell", False),
        ("can not", "cannot", False),
        ("a lawful", "unlawful", False),
    ],
)
def test_what_is_only_spelled_otherwise(before: str, after: str, same: bool) -> None:
    assert same_words(before, after, known=KNOWN) is same


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (
            TEXT,
            "what it does not allow, our systems refuse",
            "what it does not allow, our systems may refuse",
        ),
        (TEXT, "# Privacy policy of CE+T Power", "# Privacy notes of CE+T Power"),
        (TEXT, "## 5 Who receives it", "## 5 Who buys it"),
        (TEXT, "### 5.1 Never sold", "### 5.1 Seldom sold"),
        (TEXT, "We never sell", "We ~~never~~ sell"),
        ("purposes.toml", '"case.closed" = "your case is closed"', '"case.closed" = "we lose interest"'),
        ("purposes.toml", "So that the people who help you", "So that the partners who pay us"),
        ("categories.toml", 'title = "Phone number"', 'title = "Phone number and calls listened to"'),
        ("recipients.toml", 'legal_name = "Mail provider (demo)"', 'legal_name = "Adverts Incorporated"'),
        ("company.toml", 'support = "support staff"', 'support = "support staff and call centres"'),
        ("promises.toml", "No purpose that sells or rents exists", "Few purposes that sell or rent exist"),
    ],
)
def test_whatever_people_read_waits_when_it_says_something_else(
    cet: Policy, edited: Edit, file: str, before: str, after: str
) -> None:
    assert any(change.waits for change in diff(cet, edited(cet, file, before, after)))
