"""A policy folder with a fault is refused with one sentence that names file, key and fix."""

from __future__ import annotations

import operator
import shutil
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.core.policy import loader
from kept.core.policy.loader import PolicyError, from_files, load
from kept.core.policy.model import Policy
from kept.core.policy.tests.conftest import BAKERY

FILES = {
    str(path.relative_to(BAKERY)): path.read_text("utf-8")
    for path in sorted(BAKERY.rglob("*"))
    if path.is_file()
}


def problems_of(**changed: str | None) -> list[str]:
    """The problems of the bakery with some files replaced (None: taken away).

    Keys are file names without .toml, text_en for text/en.md.
    """
    files = dict(FILES)
    for key, content in changed.items():
        name = key.replace("_", "/") + ".md" if key.startswith("text_") else key + ".toml"
        if content is None:
            del files[name]
        else:
            files[name] = content
    with pytest.raises(PolicyError) as caught:
        from_files(files)
    return caught.value.problems


def swapped(file: str, old: str, new: str) -> str:
    assert old in FILES[file]
    return FILES[file].replace(old, new, 1)


WRONG = {
    "duration": (
        "purposes.toml",
        'keep = "P1Y6M"',
        'keep = "three years"',
        'purposes.toml: loyalty.keep: "three years" is not a duration. Write P3Y.',
    ),
    "missing": (
        "purposes.toml",
        'title = "Vos allergies"\n',
        "",
        'purposes.toml: allergies.title: is missing. Write title = "…".',
    ),
    "not a text": (
        "purposes.toml",
        'title = "Vos allergies"',
        "title = 7",
        'purposes.toml: allergies.title: 7 is not a text. Write title = "7".',
    ),
    "empty": (
        "purposes.toml",
        'title = "Vos allergies"',
        'title = " "',
        "purposes.toml: allergies.title: is empty. Write some words, or take the entry out.",
    ),
    "long": (
        "purposes.toml",
        '"Vos allergies"',
        f'"{"x" * 401}"',
        "purposes.toml: allergies.title: has 401 characters. Write at most 400.",
    ),
    "control": (
        "purposes.toml",
        '"Vos allergies"',
        '"a\\u0000b"',
        "purposes.toml: allergies.title: holds a sign that cannot be printed. Write plain words on one line.",
    ),
    "unknown key": (
        "purposes.toml",
        "choice =",
        "choise =",
        "purposes.toml: loyalty.choise: is not a key of this table. Did you mean choice?",
    ),
    "unknown word": (
        "purposes.toml",
        '"opt-out"',
        '"opt-uot"',
        'purposes.toml: loyalty.choice: "opt-uot" is not known. Did you mean opt-out?',
    ),
    "category": (
        "purposes.toml",
        '["allergies"]',
        '["alergies"]',
        'purposes.toml: allergies.uses: "alergies" is not known. Did you mean allergies?',
    ),
    "role": (
        "purposes.toml",
        '["baker"]',
        '["cook"]',
        'purposes.toml: allergies.read_by: "cook" is not known. Write one of: baker, self, system.',
    ),
    "nobody": (
        "purposes.toml",
        '["baker"]',
        "[]",
        "purposes.toml: allergies.read_by: is empty, so nobody could read.",
    ),
    "twice in a list": (
        "purposes.toml",
        '["baker"]',
        '["baker", "baker"]',
        'purposes.toml: allergies.read_by: "baker" stands twice. Keep one.',
    ),
    "list": (
        "purposes.toml",
        '["baker"]',
        '"baker"',
        "purposes.toml: allergies.read_by: is not a list of texts.",
    ),
    "event": (
        "purposes.toml",
        'from = "card.unused"',
        'from = "case.closed"',
        'purposes.toml: loyalty.from: "case.closed" is not known. Write one of: card.unused.',
    ),
    "consent without choice": (
        "purposes.toml",
        '"legitimate-interests"',
        '"consent"',
        "purposes.toml: loyalty.choice: and basis disagree: consent is a yes",
    ),
    "signal without choice": (
        "purposes.toml",
        'choice = "opt-out"',
        'choice = "none"\nsignal = true',
        "purposes.toml: loyalty.signal: counts as a no, and nobody may say no here.",
    ),
    "right with choice": (
        "purposes.toml",
        'choice = "opt-out"',
        'choice = "opt-out"\nright = true',
        "purposes.toml: loyalty.right: cannot be switched off",
    ),
    "shared": (
        "purposes.toml",
        'choice = "opt-out"',
        'choice = "opt-out"\nshared_with = ["grup"]',
        '"grup" is not in recipients.toml. Did you mean group?',
    ),
    "sale": (
        "purposes.toml",
        "[loyalty]",
        "[list-rental]",
        "purposes.toml: list-rental: personal data is not sold or rented",
    ),
    "name": (
        "purposes.toml",
        "[loyalty]",
        '["Loyalty!"]',
        "purposes.toml: Loyalty!: is not a name for an entry.",
    ),
    "clause": (
        "purposes.toml",
        'clause = "1.2"',
        'clause = "9.9"',
        'purposes.toml: allergies.clause: "9.9" is not a clause of text/fr.md.',
    ),
    "not a table": (
        "purposes.toml",
        "[touchpoints]",
        "loose = 3\n[touchpoints]",
        "purposes.toml: loose: 3 is not a table. Write [loose] with its keys below.",
    ),
    "flag": (
        "categories.toml",
        "sensitive = true",
        'sensitive = "yes"',
        "categories.toml: allergies.sensitive: yes is neither true nor false.",
    ),
    "fideslang": (
        "categories.toml",
        '"user.account"',
        '"User Account"',
        'categories.toml: card.number.fideslang: "User Account" is not a fideslang key.',
    ),
    "mail": (
        "company.toml",
        'published_email = "bonjour@example.org"',
        'published_email = "bonjour"',
        'company.toml: published_email: "bonjour" is not an e-mail address.',
    ),
    "site": (
        "company.toml",
        "https://pain.example.org",
        "javascript:alert(1)",
        'company.toml: regions.everywhere.site: "javascript:alert(1)" is not an address of a site.',
    ),
    "country": (
        "company.toml",
        'country = "BE"',
        'country = "Belgium"',
        'company.toml: entities.shop.country: "Belgium" is not a country. Write its two letters, like BE.',
    ),
    "rest of the world": (
        "company.toml",
        '["*"]',
        '["BE"]',
        "company.toml: regions: no region serves the rest of the world.",
    ),
    "notice for everybody": (
        "company.toml",
        'title = "Partout"',
        'title = "Partout"\ncookies = "notice"',
        (
            'company.toml: regions.everywhere.cookies: "notice" is not enough where the law wants a yes'
            ' first, and this region holds * (the rest of the world). Write cookies = "ask".'
        ),
    ),
    "cookies": (
        "company.toml",
        'title = "Partout"',
        'title = "Partout"\ncookies = "no"',
        'company.toml: regions.everywhere.cookies: "no" is not known. Write one of: ask, notice.',
    ),
    "entity": (
        "company.toml",
        'entity = "shop"',
        'entity = "shap"',
        'company.toml: regions.everywhere.entity: "shap" is not known. Did you mean shop?',
    ),
    "own role": (
        "company.toml",
        "[roles]",
        '[roles]\nself = "moi"',
        "company.toml: roles.self: is a role the program has by itself.",
    ),
    "logo": (
        "company.toml",
        'languages = ["fr", "en"]',
        'languages = ["fr", "en"]\nlogo = "logo.svg"',
        'company.toml: logo: "logo.svg" is not in the folder.',
    ),
    "language": (
        "company.toml",
        'languages = ["fr", "en"]',
        'languages = ["fr"]',
        "text/en.md: company.toml does not name this language.",
    ),
    "language without text": (
        "company.toml",
        'languages = ["fr", "en"]',
        'languages = ["fr", "en", "nl"]',
        "text/nl.md: is missing, and company.toml names its language.",
    ),
    "row": ("promises.toml", '"P13"', '"13"', 'promises.toml: no-sale.row: "13" is not a row.'),
    "proof": (
        "promises.toml",
        "outbox.no_sale",
        "os.system('x')",
        "is not the name of a proof. Write it like outbox.no_sale.",
    ),
    "no time": ("clocks.toml", '"P3D"', '"P0D"', "clocks.toml: question.within: is no time at all."),
    "same key": (
        "clocks.toml",
        'within = "P3D"',
        'within = "P3D"\nwithin = "P4D"',
        "A key or a table stands twice: keep one.",
    ),
    "same table": (
        "clocks.toml",
        "[question]",
        "[question]\n[question]",
        "A key or a table stands twice: keep one.",
    ),
    "broken TOML": ("clocks.toml", "[question]", "[question", "clocks.toml: cannot be read: "),
    "nested TOML": (
        "clocks.toml",
        "[question]",
        f"x = {'[' * 9000}\n[question]",
        "clocks.toml: cannot be read: ",
    ),
    "huge number": ("clocks.toml", '"P3D"', "9" * 5000, "clocks.toml: "),
    "clause missing in one language": (
        "text/en.md",
        "### 1.2 Allergies",
        "### 1.3 Allergies",
        "text/en.md: clause 1.2 is missing. Translate it from text/fr.md.",
    ),
    "tag missing": (
        "text/fr.md",
        "{purposes: allergies}\n",
        "",
        "text/fr.md: clause 1.2: purposes.toml says it states allergies, and it is not tagged so.",
    ),
    "tag unknown": (
        "text/fr.md",
        "promises: no-sale",
        "promises: no-sale, no-sail",
        '"no-sail" is not in promises.toml. Did you mean no-sale?',
    ),
    "HTML": (
        "text/fr.md",
        "Peu de chose.",
        "<script>alert(1)</script>",
        "text/fr.md: line 3: holds HTML. Write plain Markdown; the page brings its own.",
    ),
    "hostile link": (
        "text/fr.md",
        "Peu de chose.",
        "[ici](javascript:alert(1))",
        'text/fr.md: line 3: links to "javascript:alert(1".',
    ),
    "link elsewhere": (
        "text/fr.md",
        "Peu de chose.",
        "[ici](//evil.example)",
        'text/fr.md: line 3: links to "//evil.example".',
    ),
    "clause twice": (
        "text/fr.md",
        "### 1.2 Les",
        "### 1.1 Les",
        "clause 1.1 stands twice (first on line 7).",
    ),
    "clause elsewhere": (
        "text/fr.md",
        "### 1.2 Les",
        "### 2.2 Les",
        "clause 2.2 stands in section 1. Move it, or give it that number.",
    ),
    "clause without number": (
        "text/fr.md",
        "### 1.2 Les",
        "### Les",
        '"### Les allergies" has no number. Write a clause like ### 5.1 Never sold.',
    ),
    "unknown tag": (
        "text/fr.md",
        "{purposes: allergies}",
        "{porpoises: allergies}",
        '"porpoises: allergies" is not a tag.',
    ),
    "open braces": (
        "text/fr.md",
        "{purposes: allergies}",
        "{purposes: allergies",
        "the braces do not close.",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_it_names_file_key_and_fix(wrong: str) -> None:
    file, old, new, expected = WRONG[wrong]
    problems = problems_of(
        **{
            (
                file.removesuffix(".toml")
                if file.endswith(".toml")
                else file.removesuffix(".md").replace("/", "_")
            ): swapped(file, old, new)
        }
    )
    assert any(expected in problem for problem in problems), problems
    assert all("\n" not in problem and len(problem) < 600 for problem in problems)


def test_it_finds_every_problem_in_one_go() -> None:
    problems = problems_of(
        clocks=swapped("clocks.toml", "P3D", "soon"),
        promises=swapped("promises.toml", "P13", "?"),
        cookies="[x]\nkind = 3",
    )
    assert {problem.partition(":")[0] for problem in problems} == {
        "clocks.toml",
        "promises.toml",
        "cookies.toml",
    }


def test_it_says_a_missing_file_once() -> None:
    assert problems_of(cookies=None) == [
        "cookies.toml: is missing. Every policy folder has one, even an empty one."
    ]


def test_it_refuses_a_file_that_does_not_belong() -> None:
    with pytest.raises(
        PolicyError, match=r"purpose\.toml: does not belong to a policy folder.*Did you mean purposes\.toml\?"
    ):
        from_files({**FILES, "purpose.toml": ""})
    with pytest.raises(PolicyError, match="does not belong"):
        from_files({**FILES, "../../etc/passwd": ""})


def test_it_refuses_what_is_too_large() -> None:
    with pytest.raises(PolicyError, match=r"cookies\.toml: is larger than 256 KiB"):
        from_files({**FILES, "cookies.toml": "#" * (loader.LARGEST_FILE + 1)})
    with pytest.raises(PolicyError, match="more than 200 files"):
        from_files({**FILES, **{f"logo-{n}.svg": "" for n in range(200)}})
    many = "".join(f'[c{n}]\ntitle = "x"\nfideslang = "user"\nexample = "x"\n' for n in range(401))
    assert "categories.toml: has 401 entries. Write at most 400." in problems_of(categories=many)


def test_recipients_are_bound_and_their_transfers_named() -> None:
    provider = (
        '[post]\ntitle = "Post"\nlegal_name = "Post"\nkind = "provider"\ncountry = "US"\nservices ='
        ' ["deliver-products", "sell"]\n'
    )
    problems = problems_of(recipients=provider)
    assert any(
        problem.startswith(
            "recipients.toml: post.contract: is missing: a provider or partner is bound by one."
        )
        for problem in problems
    )
    assert any(
        problem.startswith("recipients.toml: post.transfer: is missing, and US lies outside the EEA.")
        for problem in problems
    )
    assert any(
        problem.startswith('recipients.toml: post.services: "sell" is not known.') for problem in problems
    )
    backwards = (
        provider.replace(', "sell"', "")
        + 'contract = {reference = "1", from = 2026-05-01, until = 2026-04-01}\ntransfer = {mechanism ='
        ' "dpx", from = "now"}'
    )
    problems = problems_of(recipients=backwards)
    assert (
        "recipients.toml: post.contract.until: 2026-04-01 lies before 2026-05-01. Write a later day."
        in problems
    )
    assert 'recipients.toml: post.transfer.mechanism: "dpx" is not known. Did you mean dpf?' in problems
    assert (
        "recipients.toml: post.transfer.from: now is not a day. Write from = 2027-12-31, without quotation"
        " marks." in problems
    )


class TestOnDisk:
    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(BAKERY, tmp_path / "policy"))

    def test_it_loads_what_from_files_loads(self, home: Path) -> None:
        (home / "README.md").write_text("for people")
        (home / ".purposes.toml.swp").write_bytes(b"\xff\xfe")
        assert load(home) == from_files(FILES)

    def test_it_refuses_a_folder_that_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(PolicyError, match="is not a folder. Set KEPT_POLICY to the policy folder"):
            load(tmp_path / "nowhere")

    def test_it_refuses_what_is_not_utf8(self, home: Path) -> None:
        (home / "clocks.toml").write_bytes(b"# caf\xe9\n")
        with pytest.raises(PolicyError) as caught:
            load(home)
        assert caught.value.problems == ["clocks.toml: is not UTF-8 text (byte 5). Save it as UTF-8."]

    def test_it_refuses_a_link_out_of_the_folder(self, home: Path, tmp_path: Path) -> None:
        (tmp_path / "secret.toml").write_text((home / "clocks.toml").read_text())
        (home / "clocks.toml").unlink()
        (home / "clocks.toml").symlink_to(tmp_path / "secret.toml")
        with pytest.raises(PolicyError) as caught:
            load(home)
        assert caught.value.problems == [
            "clocks.toml: is a link that leads out of the folder. Put the file itself there."
        ]

    def test_it_refuses_a_linked_folder(self, home: Path, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (home / "guidelines").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(
            PolicyError, match="guidelines: is a link to a folder. Put the folder itself there."
        ):
            load(home)

    def test_it_refuses_a_large_file_without_reading_it(self, home: Path) -> None:
        with (home / "cookies.toml").open("wb") as file:
            file.truncate(loader.LARGEST_FILE * 1000)
        with pytest.raises(PolicyError, match=r"cookies\.toml: is larger than 256 KiB"):
            load(home)

    def test_it_refuses_to_walk_a_disk(self, home: Path) -> None:
        for number in range(loader.MOST_FILES + 5):
            (home / f"note-{number}.txt").write_text("")
        with pytest.raises(PolicyError, match="holds more than 200 files"):
            load(home)


class TestIdentity:
    def test_it_does_not_depend_on_line_ends_or_order(self) -> None:
        windows = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in reversed(FILES.items())}
        assert from_files(windows).identity == from_files(FILES).identity

    def test_files_build_the_same_version_again(self, cet: Policy) -> None:
        again = from_files(cet.files)
        assert again == cet and again.files == cet.files and hash(again) == hash(cet)

    @given(
        st.sampled_from(sorted(FILES)),
        st.integers(min_value=0),
        st.characters(exclude_characters="\r\ufeff", codec="utf-8"),
    )
    def test_one_changed_sign_is_another_identity(self, name: str, place: int, sign: str) -> None:
        if not FILES[name]:
            return
        at = place % len(FILES[name])
        changed = {**FILES, name: FILES[name][:at] + sign + FILES[name][at + 1 :]}
        assert (loader.identity(changed) == loader.identity(FILES)) == (changed == FILES)

    @given(st.sampled_from(sorted(FILES)), st.text(max_size=200))
    def test_whatever_stands_in_a_file_is_loaded_or_refused_in_sentences(
        self, name: str, content: str
    ) -> None:
        problems = ["It was loaded."]
        try:
            from_files({**FILES, name: content})
        except PolicyError as refused:
            problems = refused.problems
        assert problems
        assert all("\n" not in problem and problem.endswith((".", "?")) for problem in problems)


def test_a_policy_is_frozen(cet: Policy) -> None:
    for thing, name in ((cet, "company"), (cet.company, "name"), (cet.purposes["support"], "uses")):
        with pytest.raises(AttributeError):
            setattr(thing, name, None)
    with pytest.raises(TypeError):
        operator.setitem(cast(dict[str, object], cet.purposes), "new", None)
