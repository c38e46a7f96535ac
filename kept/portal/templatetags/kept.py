"""{% load kept %}: the marks every page is made of.

Each tag is one line of meaning; the shapes live in portal/parts/.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template import Context, NodeList
from django.template.loader import render_to_string
from django.template.loader_tags import BlockNode
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.core.register.explanations import clause_url
from kept.people import stale
from kept.portal import navigation
from kept.portal.context import Portal
from kept.portal.form_parts import door, error_summary, error_wording, fields, refusals
from kept.portal.marks import durations, external_links, why_answers

register = template.Library()

WORDS = {
    "kept": _("Kept"),
    "broken": _("Broken"),
    "waiting": _("Waiting"),
    "unproven": _("Not proven"),
    "unmeasured": _("Not measured yet"),
}


@register.simple_tag
def offers(at: str) -> list[navigation.Entry]:
    """``{% offers "product" as ways %}``: where touchpoints lead on from this page."""
    return navigation.offers(at)


@register.simple_tag(name="why", takes_context=True)
def why_mark(
    context: Context,
    subject: str,
    purpose: str,
    label: str = "",
    since: date | None = None,
    note: str = "",
    open: bool = False,
) -> SafeString:
    """The signature: ``{% why "person.phone" purpose="registration" %}`` asks why · who · until when, and
    answers from the policy.

    ``subject`` is a field id or a category. ``since`` is the day the policy's clock started for this value,
    where it has; then the line ends on the day of deletion. ``note`` is one sentence before the clause.
    """
    return _why_mark(_policy(context), subject, purpose, label, since, note, open, get_language())


@lru_cache(maxsize=2048)
def _why_mark(
    policy: Policy,
    subject: str,
    purpose: str,
    label: str,
    since: date | None,
    note: str,
    open: bool,
    language: str | None,
) -> SafeString:
    """Drawn once for each version of the policy and each language: a page shows dozens, and what they say is
    the same for everybody. ``language`` is the one it is drawn in.
    """
    return render_to_string(
        "portal/parts/why.html",
        why_answers.mark(policy, subject, purpose, label=label, since=since, note=note, open=open),
    )


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, **attributes: Any) -> SafeString:
    """One field the GOV.UK way: label, hint, error, control, origin, why mark.

    Keyword arguments become attributes of the control.
    """
    shown = fields.describe(bound, attributes)
    asked = why_answers.asked_by(bound)
    mark = why_mark(context, asked[0], asked[1], label=shown.label) if asked else ""
    return seen(bound.form, once=True) + render_to_string(
        "portal/parts/field.html", {"it": shown, "why": mark}
    )


@register.simple_tag
def seen(form: BaseForm, *, once: bool = False) -> SafeString:
    """What a form that edits something showed, to be compared when it comes back.

    Drawn with the form's first field by itself.
    """
    if not isinstance(form, stale.ComparesWithShown) or (once and form.drawn):
        return SafeString("")
    form.drawn = True
    return format_html(
        '<input type="hidden" name="{}" value="{}">', form.add_prefix(stale.SEEN), form.seen_now
    )


@register.simple_tag
def errors(*forms: BaseForm | list[BaseForm] | None) -> SafeString:
    """The error summary of one form, several, or a list; nothing when nothing is wrong.

    Stands first in the section.
    """
    return render_to_string("portal/parts/errors.html", {"problems": error_summary.problems(*forms)})


@register.simple_tag(takes_context=True)
def closed(context: Context, purpose: str) -> SafeString:
    """In place of a form that is kept for a purpose, where whoever is signed in restricted it; "" where they
    did not.
    """
    refused = door.restricted(context.get("request"), purpose)
    if refused is None:
        return SafeString("")
    shown = {
        "clause": refused.clause,
        "address": clause_url(refused.clause),
        "lift": refusals.way_back(refused.restricted),
    }
    return render_to_string("portal/parts/closed.html", shown)


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """ "Error: " for the page's title when the form in ``form`` or one in ``forms`` was refused."""
    forms = [context.get("form"), *(context.get("forms") or ())]
    return gettext("Error: ") if error_summary.problems(*forms) else ""


@register.simple_tag
def state(name: str, word: str = "") -> SafeString:
    """kept, broken, waiting, unproven or unmeasured: shape, word and colour.

    ``word`` replaces the word, never the shape.
    """
    if name not in WORDS:
        raise template.TemplateSyntaxError(f'"{name}" is not a state. The states are: {", ".join(WORDS)}.')
    return format_html('<strong class="state" data-state="{}">{}</strong>', name, word or WORDS[name])


@register.simple_tag
def duration(start: date | str, length: str, end: date | str) -> SafeString:
    """A dimension line: ``{% duration from "3 years" until %}``.

    Dates are written out, words stay, "P3Y" becomes "3 years".
    """
    return format_html(
        '<p class="duration"><span>{}</span> <b>{}</b> <span>{}</span></p>',
        durations.said(start),
        durations.length(length),
        durations.said(end),
    )


@register.simple_tag
def moment(at: datetime | date, form: str = "day") -> SafeString:
    """A <time> a machine can read: ``{% moment entry.at "clock" %}``.

    Forms: day (3 May 2026), clock (09:40), both.
    """
    return format_html('<time datetime="{}">{}</time>', durations.machine(at), durations.written(at, form))


@register.filter
def in_words(at: datetime | date, form: str = "day") -> str:
    """``{{ until|in_words }}``: a day or a moment where no markup belongs, as in a mail."""
    return durations.written(at, form) if at else ""


@register.filter
def within(label: str) -> str:
    """``{{ title|within }}``: a label as it stands inside a sentence of the reader's language."""
    return error_wording.within(str(label))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A lucide icon, drawn into the page beside a word; it says nothing to a screen reader, as the word
    already does.
    """
    path = finders.find(f"vendor/lucide/{name}.svg")
    if not path:
        raise template.TemplateSyntaxError(f'There is no icon "{name}" in static/vendor/lucide.')
    drawing = Path(str(path)).read_text()
    # Our own file, so safe as it is; its size and pen come from the stylesheet.
    return SafeString(
        '<svg class="icon" viewBox="0 0 24 24"'
        f' aria-hidden="true">{drawing[drawing.index("<svg") :].split(">", 1)[1].strip()}'
    )


@register.simple_tag(name="outward", takes_context=True)
def outward_link(context: Context, address: str, text: str = "", shape: str = "") -> SafeString:
    """A link that may lead off the site: ``{% outward url "The authority" %}`` says whose site it is, where
    it is not ours.
    """
    return external_links.link(_policy(context), address, text, shape=shape)


@register.simple_tag
def company() -> str:
    """The company's name where no page can be taken for granted: on the page that says that a page broke."""
    try:
        return versions.current().policy.company.name
    except Exception:  # whatever broke the page must not break the one that says so
        return ""


@register.simple_tag(takes_context=True)
def heading(context: Context) -> str:
    """What the page's ``title`` block says, once more, for its h1."""
    return SafeString(BlockNode("title", NodeList()).render(context).strip())


@register.filter(is_safe=True)
def lead(text: str) -> str:
    """Wrap what the ``lead`` block says as the lead; nothing when it says nothing."""
    text = text.strip()
    return format_html('<p class="lead">{}</p>', text) if text and not text.startswith("<p") else text


def _policy(context: Context) -> Policy:
    """The policy in force in the reader's language, asked once a page: the shell has it already."""
    shell = context.get("portal")
    return shell.ruling.spoken if isinstance(shell, Portal) else versions.spoken()
