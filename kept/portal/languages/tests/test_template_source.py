"""Where a template's sentences begin and end, and what another language may do with them."""

from __future__ import annotations

import pytest

from kept.portal.languages.template_source import fits, messages, translated


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello <b>{{ person.name }}</b>, welcome.</p>", ["Hello <b>{name}</b>, welcome."]),
        ('<p><a href="/me/">Your data</a></p>', ["Your data"]),
        (
            '<p>See <a href="{% url "me" %}">your data</a> or <a href="/x/">stay</a>.</p>',
            ["See <a>your data</a> or <a2>stay</a2>."],
        ),
        (
            "{% if gone %}<p>It is gone.</p>{% else %}<p>It is there.</p>{% endif %}",
            ["It is gone.", "It is there."],
        ),
        ("<p>{% if gone %}It is gone.{% else %}It is there.{% endif %}</p>", ["It is gone.", "It is there."]),
        (
            "<p>Due on {% moment due %}{% if late %}, and late{% endif %}.</p>",
            ["Due on {moment}{if}, and late{endif}."],
        ),
        ("<h1>{% block title %}Your ID{% endblock %}</h1>", ["Your ID"]),
        ("<li>{{ n }}</li><li>·</li><li>{{ a }}, {{ b }}</li><li>&nbsp;–</li>", []),
        ("<script>var a = 'Never read';</script><!-- Never --><style>p {}</style>{# Never #}", []),
        ('<img alt="A drawing of {{ product.name }}" src="x">', ["A drawing of {name}"]),
        (
            '<button aria-label="{% if open %}Close it{% else %}Open it{% endif %}">x</button>',
            ["Close it", "Open it"],
        ),
        ('<input type="submit" value="Send it"><input type="text" value="Alice Example">', ["Send it"]),
        ("<p>{{ n }} of {{ n }} and {{ m.n }}</p>", ["{n} of {n} and {n2}"]),
        ("<p>\n  One\n  two.\n</p>", ["One two."]),
        ('{% block body %} class="desk"{% endblock %}', []),
        ("{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}", []),
        ("<p>1{% for one in all %}<b>{{ one }}</b>{% endfor %} word</p>", ["word"]),
        (
            '<a href="{% if x > 1 %}/a/{% endif %}"{% if y %} title="Read it"{% endif %}>Go there</a>',
            ["Read it", "Go there"],
        ),
    ],
)
def test_a_run_of_text_is_one_message(source: str, found: list[str]) -> None:
    assert messages(source, "page.html") == found
    assert translated(source, "page.html", lambda message: None) == source


def test_a_letter_is_read_line_by_line() -> None:
    source = (
        "{% autoescape off %}{{ name }} is yours\nDear {{ person.name }},\n\n"
        "{% if undo %}Undo it: {{ undo }}\nNow.{% else %}It is final.{% endif %}\n{% endautoescape %}"
    )
    assert messages(source, "letter.txt") == [
        "{name} is yours",
        "Dear {name},",
        "Undo it: {undo}",
        "Now.",
        "It is final.",
    ]
    assert translated(source, "letter.txt", lambda message: None) == source


def test_another_language_may_order_anew() -> None:
    source = '<p>\n  See <a href="{% url "me" %}">your data</a> of {{ day|date:"j F" }}, {{ name }}.\n</p>'
    french = "{name}, <a>vos données</a> du {day} : voyez."
    assert translated(source, "page.html", lambda message: french) == (
        '<p>\n  {{ name }}, <a href="{% url "me" %}">vos données</a> du {{ day|date:"j F" }} : voyez.\n</p>'
    )


def test_attributes_are_quoted_and_a_tag_keeps_its_translated_ones() -> None:
    said = {"Read it": 'Lire "ceci"', "See <a>it</a> now": "Voir <a>ici</a>"}
    assert translated('<p>See <a href="/" title="Read it">it</a> now</p>', "page.html", said.get) == (
        '<p>Voir <a href="/" title="Lire &quot;ceci&quot;">ici</a></p>'
    )


@pytest.mark.parametrize(
    ("message", "translation", "well"),
    [
        ("{n} of {all}", "{all} : {n}", True),
        ("{n} of {all}", "{n}", False),
        ("{n} rows", "{n} {n} lignes", False),
        ("See <a>it</a>", "<a>Voir</a>", True),
        ("See <a>it</a>", "</a>Voir<a>", False),
        ("Due{if}, late{endif}", "{if}En retard, {endif}dû", True),
        ("Due{if}, late{endif}", "{endif}En retard, {if}dû", False),
        ("Due{if}, <b>late</b>{endif}", "<b>{if}Retard</b>{endif}", False),
        ("Hello", "{{ user.password }}", False),
        ("Hello", "{% load x %}", False),
        ("A<br>B", "B<br>A", True),
    ],
)
def test_placeholders_stay_as_they_are(message: str, translation: str, well: bool) -> None:
    assert fits(message, translation) is well


def test_what_does_not_fit_is_left_in_english() -> None:
    assert translated("<p>{{ n }} rows</p>", "page.html", lambda message: "lignes") == "<p>{{ n }} rows</p>"
