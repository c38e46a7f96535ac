"""The site map.

Each room's ``urls.py`` writes its addresses in full, so that they can be found by searching for them.

Addresses that stay: / /products/ /account/ /me/ /privacy/ /desk/ /health/
"""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path


def rooms() -> list[URLPattern | URLResolver]:
    """The addresses of every installed room that has any: taking one away takes its addresses away.

    Touchpoints first, because a room may answer whatever is left under a place of its own (``/v1/``).
    """
    kept = [config.name for config in apps.get_app_configs() if config.name.startswith("kept.")]
    kept.sort(key=lambda name: not name.startswith("kept.touchpoints."))
    return [path("", include(f"{name}.urls")) for name in kept if find_spec(f"{name}.urls")]


urlpatterns = [
    *rooms(),
    # After our own rooms, so that accounts may put a page of its own before the library's.
    path("account/", include("allauth.urls")),
]
