"""Amounts as a language writes them."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """``{{ price.amount|money:price.currency }}``: €1,234.50, 1.234,50 €."""
    return str(format_currency(amount, currency, locale=_locale()))


@register.filter
def percent(rate: Decimal) -> str:
    """A rate that is in percent already: 25.5 as 25.5 %."""
    return f"{format_decimal(rate.normalize(), locale=_locale())}\N{NO-BREAK SPACE}%"


def _locale() -> str:
    language = (get_language() or "en").partition("-")[0]
    return language if language in {"en", "fr", "de", "nl"} else "en"
