"""``{% explain fact %}``: the why mark of one value on the person's own page, with the day of its
deletion.
"""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.rights.access.language_shown import language_shown
from kept.rights.access.records import Fact
from kept.rights.access.value_explanation import answers, explained

register = template.Library()


@register.simple_tag(takes_context=True)
def explain(context: Context, fact: Fact) -> SafeString:
    policy = context.get("policy") or versions.spoken()
    # What stands in the value itself is no part of the answer, so that the answer can be kept.
    return _drawn(policy, fact._replace(value="", beside="", words=""), language_shown())


@lru_cache(maxsize=2048)
def _drawn(policy: Policy, fact: Fact, language: str) -> SafeString:
    """``language``: the one it is drawn in, which is the page's."""
    answered = _answered(policy, fact.field_id, fact.purposes, language)
    return render_to_string(
        "rights/parts/explained.html", {"it": explained(fact, policy), "answered": answered}
    )


@lru_cache(maxsize=2048)
def _answered(policy: Policy, field_id: str, purposes: tuple[str, ...], language: str) -> SafeString:
    """Why, who and where to: the same for everybody's value of a kind, as long as the version is the same."""
    return render_to_string("rights/parts/answered.html", {"answers": answers(policy, field_id, purposes)})
