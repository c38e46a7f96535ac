"""Guidelines, safeguards and certificates in a policy folder: each fault is named with its file and fix."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from kept.core.policy.loader import PolicyError, from_files
from kept.core.policy.model import Policy
from kept.core.policy.reading import guidelines

FLAT = "# Guidelines for support\n{version: 3}\n\n- Open a matter first.\n"
EN = "guidelines/support/en.md"


def faults(files: Mapping[str, str]) -> list[str]:
    """What a draft of these files is told."""
    try:
        policy = from_files(files)
    except PolicyError as refused:
        return refused.problems
    return guidelines.problems(policy.guidelines, policy.files, policy.company)


def edited(cet: Policy, file: str, old: str, new: str) -> dict[str, str]:
    assert old in cet.files[file]
    return {**cet.files, file: cet.files[file].replace(old, new, 1)}


def test_it_reads_words_and_questions_in_each_language(cet: Policy) -> None:
    support = cet.guidelines["support"]
    assert (support.roles, support.version, len(support.texts)) == (("support",), 1, 4)
    assert support.text("nl-be").title == "Richtlijnen voor supportmedewerkers"
    assert support.text("es").language == "en"
    assert {text.questions[0].right for text in support.texts.values()} == {1}
    assert "What comes first?" in support.text().words and "- I ask for a copy" in support.text().words
    assert [one.id for one in cet.guidelines_for("marketing")] == ["sales"]


def test_a_folder_of_before_still_reads(cet: Policy) -> None:
    """Versions are executable for ever."""
    files = {name: text for name, text in cet.files.items() if not name.startswith("guidelines/support/")}
    files["guidelines/support.md"] = FLAT
    old = from_files(files).guidelines["support"]
    assert (old.roles, old.version, old.text("fr").text) == (("support",), 3, "- Open a matter first.")
    assert "guidelines have a folder each" in " ".join(faults(files))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (EN, "# Guidelines for support staff", "", "has no title"),
        (EN, "- [x] I send", "- [ ] I send", "needs two answers or more, one of them right"),
        (EN, "- [ ] I read it out", "- [x] I read it out", "one of them right"),
        (EN, "- [ ] I read it out", "I read it out", "below a question stand its answers alone"),
        (EN, "You meet people", "<b>You</b> meet people", "holds HTML"),
        ("guidelines/support/guideline.toml", '"support"', '"suport"', "Did you mean support?"),
        ("guidelines/support/guideline.toml", "version = 1", "version = 0", "not a whole number"),
        ("guidelines/support/guideline.toml", "version = 1", "version = 1\nday = 2", "not a key"),
        (
            "guidelines/operator/guideline.toml",
            '["operator"]',
            '["officer"]',
            'no guideline binds "operator"',
        ),
        (
            "guidelines/support/fr.md",
            "- [ ] Je la lis",
            "- [ ] Rien\n- [ ] Je la lis",
            "is not that of the first",
        ),
    ],
)
def test_each_fault_is_named(cet: Policy, file: str, old: str, new: str, said: str) -> None:
    told = " ".join(faults(edited(cet, file, old, new)))
    assert said in told


@pytest.mark.parametrize("file", ["guidelines/support/nl.md", "guidelines/support/guideline.toml"])
def test_what_is_missing_is_named(cet: Policy, file: str) -> None:
    told = " ".join(faults({name: text for name, text in cet.files.items() if name != file}))
    assert f"{file}: is missing" in told


def test_a_language_nobody_reads(cet: Policy) -> None:
    told = " ".join(faults({**cet.files, "guidelines/support/es.md": cet.files[EN]}))
    assert "es.md: company.toml does not name this language" in told


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("safeguards.toml", 'kind = "technical"', 'kind = "magical"', "kind: “magical” is not known"),
        ("safeguards.toml", 'owner = "controller"', 'owner = "self"', "owner"),
        ("safeguards.toml", 'every = "P1Y"', 'every = "P0D"', "is no time at all"),
        ("safeguards.toml", '"vault.sealed"', '"Vault"', "not the name of a proof"),
        ("certificates.toml", "from = 2024-01-01\n", "", "Write both days, or neither"),
        ("certificates.toml", "2025-12-31", "2023-12-31", "Write a later day"),
        ("certificates.toml", "https://certifier", "certifier", "not an address of a site"),
    ],
)
def test_registers_are_read_with_care(cet: Policy, file: str, old: str, new: str, said: str) -> None:
    told = " ".join(faults(edited(cet, file, old, new))).replace('"', "”").replace("“", "”")
    assert said.replace("“", "”") in told


def test_a_folder_may_do_without(cet: Policy) -> None:
    files = {
        name: text for name, text in cet.files.items() if "safeguards" not in name and "certif" not in name
    }
    policy = from_files(files)
    assert not policy.safeguards and not policy.certificates


@pytest.mark.parametrize(
    ("day", "state"),
    [("2023-12-31", "coming"), ("2024-01-01", "valid"), ("2025-12-31", "valid"), ("2026-01-01", "ended")],
)
def test_a_certificate_by_its_days(cet: Policy, day: str, state: str) -> None:
    assert cet.certificates["privacy-seal"].state(date.fromisoformat(day)) == state
    assert cet.certificates["iso-27701"].state(date.fromisoformat(day)) == "prepared"
