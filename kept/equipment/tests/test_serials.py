import re
import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kept.equipment import serials

numbers = st.integers(0, 999_999)
DASHES = ["", "-", "–", "—", "‑", "−", " ", "\u00a0", "\u202f", " - ", "\u200b"]


@given(
    numbers,
    st.lists(st.sampled_from(DASHES), min_size=8, max_size=8),
    st.sampled_from(["", "SN-", "sn ", "S/N: ", "s/n", "Serial No. "]),
)
def test_decoration_does_not_matter(number, marks, prefix):
    serial = serials.make(number)
    typed = prefix + "".join(mark + figure for mark, figure in zip(marks, serial, strict=False)) + marks[-1]
    assert serials.read(typed) == serials.Reading(serial)


@given(numbers)
def test_what_we_print_we_read(number):
    serial = serials.make(number)
    assert serials.read(serials.display(serial)).serial == serial
    assert re.fullmatch(r"\d{4}-\d\d-\d", serials.display(serial))


@given(numbers, st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_figure_is_always_found(number, place, shift):
    serial = serials.make(number)
    wrong = serial[:place] + str((int(serial[place]) + shift) % 10) + serial[place + 1 :]
    assert (
        serials.read(wrong).problem
        == "This serial number has a typing error. Check characters 5 to 8 on the label."
    )


@given(numbers, st.integers(0, 5))
def test_two_swapped_figures_are_found(number, place):
    serial = serials.make(number)
    pair = serial[place : place + 2]
    assume(pair[0] != pair[1] and set(pair) != {"0", "9"})  # the one swap that Luhn cannot see
    assert serials.read(serial[:place] + pair[::-1] + serial[place + 2 :]).problem


@given(st.text(max_size=300))
@example("S/NS/N")
@example("SNSN1204882")
def test_any_text_is_read_or_gets_one_sentence(text):
    reading = serials.read(text)
    assert bool(reading.serial) != bool(reading.problem)
    assert serials.normalise(serials.normalise(text)) == serials.normalise(text)


@given(st.text(alphabet=string.ascii_letters + string.digits + " -–/()#:.", max_size=40))
def test_normalising_twice_changes_nothing(text):
    assert serials.normalise(serials.normalise(text)) == serials.normalise(text)


def test_a_letter_for_a_figure_is_asked_about_never_silently_taken():
    serial = serials.make(120488)
    reading = serials.read("SN-12O4-88-" + serial[-1])
    assert reading.serial == serial
    assert (
        reading.question == f"We read this as 1204-88-{serial[-1]} (zero, not the letter O). Is that right?"
    )
    assert serials.read("l204 88 " + serial[-1]).question.startswith(
        f"We read this as 1204-88-{serial[-1]} (one, not the letter L)."
    )


@pytest.mark.parametrize(
    "text",
    [
        "１２０４－８８－２",
        "١٢٠٤-٨٨-٢",
        "https://id.example/01/05412345678908/21/1204882?x=1",
        "(01)05412345678908(21)1204-88-2",
    ],
)
def test_foreign_figures_and_scanned_codes(text):
    assert serials.read(text) == serials.Reading("1204882")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Enter a serial number, like 1204-88-2"),
        (" – ", "Enter a serial number, like 1204-88-2"),
        ("1204-88", "A serial number has 7 figures, like 1204-88-2. This one has 6."),
        ("1204-8B-7", "This serial number has a typing error. Check characters 5 to 8 on the label."),
        ("12X4-88-2", "This serial number has a typing error. Check characters 1 to 4 on the label."),
        ("1204-88-X", "This serial number has a typing error. Check characters 8 to 9 on the label."),
        ("my inverter", "Enter the serial number from the label. It has 7 figures, like 1204-88-2."),
        ("1" * 300, "Enter the serial number from the label. It has 7 figures, like 1204-88-2."),
    ],
)
def test_each_mistake_has_its_sentence(text, problem):
    assert serials.read(text).problem == problem


def test_a_number_that_no_label_can_hold():
    with pytest.raises(ValueError, match="Serial numbers run from 0 to 999999, not 1000000."):
        serials.make(1_000_000)


@pytest.mark.parametrize(
    "text",
    [
        "*1204882*",
        "]A0*1204-88-2*",
        "]C01204882",
        "]C10105412345000013211204882",
        "]C10105412345000013211204882\x1d10LOT7",
        "]d2010541234500001310LOT7\x1d211204882",
        "0105412345000013211204882",
        "0105412345000013<GS>211204882",
        "https://id.example/?21=1204882&x=1",
    ],
)
def test_what_scanners_send(text):
    assert serials.read(text) == serials.Reading("1204882")


def test_figures_that_begin_with_21_by_hand_are_no_scan():
    assert (
        serials.read("211204882").problem == "A serial number has 7 figures, like 1204-88-2. This one has 9."
    )
