"""What rooms above show on a product's page, as what it costs: each with a template and what fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from kept.products.models import Product
from kept.registry import Registry

Showing = Callable[[HttpRequest, Product], Any]
PANELS: Registry[tuple[str, Showing]] = Registry("product panels", "what a product's page shows of a room")


@dataclass(frozen=True, slots=True)
class Panel:
    """``template`` finds ``shown`` as ``it``."""

    template: str
    shown: Any


def product_panel(id: str, template: str) -> Callable[[Showing], Showing]:
    """Register ``showing(request, product)``; where it returns None, the panel stays away."""

    def keep(function: Showing) -> Showing:
        PANELS.add(id, (template, function))
        return function

    return keep


def panels(request: HttpRequest, product: Product) -> list[Panel]:
    found = (Panel(template, showing(request, product)) for template, showing in PANELS.values())
    return [one for one in found if one.shown is not None]
