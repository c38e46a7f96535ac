"""One cleaner for every form: what cannot be seen is refused or ignored, and one thing has one spelling."""

import pytest
from allauth.account.forms import LoginForm
from django import forms
from hypothesis import example, given
from hypothesis import strategies as st

from kept.people import mailboxes, texts
from kept.people.forms import NameField, PhoneField


class Form(forms.Form):
    name = NameField()
    line = forms.CharField(required=False)
    words = forms.CharField(required=False, widget=forms.Textarea)
    email = forms.EmailField(required=False)
    phone = PhoneField(required=False)
    password = forms.CharField(required=False, widget=forms.PasswordInput, strip=False)


def cleaned(**data: str) -> dict:
    form = Form({"name": "Alice", **data})
    assert form.is_valid(), form.errors
    return form.cleaned_data


def wrong(**data: str) -> dict:
    return dict(Form({"name": "Alice", **data}).errors)


@pytest.mark.parametrize(
    "name", ["\u200b", "\u3164\u3164", "\u2800", "\u00ad \u2060", "\ufeff", "\u115f", "\u034f", "\U000e0041"]
)
def test_a_name_nobody_can_see_is_no_name(name: str) -> None:
    assert wrong(name=name) == {"name": ["Enter your full name"]}


@pytest.mark.parametrize(
    "mark", ["\u202e", "\u2066", "\u200f", "\u061c", "\x07", "\x00", "\x1b", "\ue000", "\u0378"]
)
@pytest.mark.parametrize("field", ["name", "line", "words"])
def test_marks_and_controls_are_refused_in_every_text(field: str, mark: str) -> None:
    assert wrong(**{field: f"Ali{mark}ce"}) == {field: [texts.UNSEEN]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ali\u200bce", "Alice"),
        ("Zoe\u0308", "Zoë"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🔧 Alice", "👩\u200d🔧 Alice"),
        ("Alice\u200d", "Alice"),
        ("O’Brien", "O’Brien"),
        ("Alice\tSmith", "Alice Smith"),
    ],
)
def test_a_name_is_kept_as_it_is_seen(typed: str, kept: str) -> None:
    assert cleaned(name=typed)["name"] == kept


def test_lines_stay_lines_where_there_may_be_some() -> None:
    assert cleaned(words="one\r\ntwo\rthree", line="one\r\ntwo") == cleaned(
        words="one\ntwo\nthree", line="one two"
    )


def test_a_password_is_taken_as_it_is_typed() -> None:
    assert cleaned(password=" e\u0301\u202e\u200b ")["password"] == " e\u0301\u202e\u200b "


def test_what_a_phone_book_brings_along_is_ignored_in_numbers_and_addresses() -> None:
    assert cleaned(phone="\u202a+32 2 123 45 67\u202c")["phone"].e164 == "+3221234567"
    assert cleaned(email="\u2068Alice@example.com\u2069")["email"] == "Alice@example.com"


def test_the_library_of_the_sign_in_is_cleaned_too() -> None:
    assert LoginForm({"login": "a\u202eb", "password": "x"}).errors["login"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bob@müller.example", "Bob@XN--MLLER-KVA.example"),
        ("bob@MÜLLER.example", "bob@mu\u0308ller.example"),
        ("bob@例え。jp", "bob@xn--r8jz45g.jp"),
        ("bob@example.com.", "BOB@EXAMPLE.COM"),
        ("\u202abob@example.com\u202c", "bob@example.com"),
        ("ｂｏｂ@example.com", "bob@example.com"),
    ],
)
def test_one_mailbox_however_it_is_spelt(one: str, other: str) -> None:
    assert mailboxes.canonical(one) == mailboxes.canonical(other)


def test_sharp_s_is_another_host_than_two_of_them() -> None:
    assert mailboxes.canonical("bob@straße.example") != mailboxes.canonical("bob@strasse.example")


def test_a_host_is_kept_as_mail_needs_it_and_read_as_people_do() -> None:
    kept = cleaned(email="Bob@Müller.example")["email"]
    assert kept == "Bob@xn--mller-kva.example"
    assert mailboxes.readable(kept) == "Bob@müller.example"


def test_letters_before_the_at_are_said_plainly() -> None:
    assert wrong(email="élise@example.com") == {"email": [mailboxes.NOT_YET.format(letter="é")]}


@pytest.mark.parametrize(
    "address",
    ["bob", "@example.com", "bob@", "bob@@example.com", "b ob@example.com", ".bob@example.com", "bob@-x.be"],
)
def test_what_is_no_address_is_said_in_the_fields_own_words(address: str) -> None:
    assert wrong(email=address) == {"email": ["Enter a valid email address."]}


@given(st.text(max_size=40))
@example("´")
@example("\u200d\u200b\u200d")
@example("a\u200b\u0308")
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = texts.clean_code(text)
    assert texts.clean_code(once) == once
    assert mailboxes.canonical(mailboxes.canonical(text)) == mailboxes.canonical(text)
    try:
        said = texts.clean_text(text, lines=True)
    except texts.TextError:
        return
    assert texts.clean_text(said, lines=True) == said
