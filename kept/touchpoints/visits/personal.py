"""A visit leaves no personal data behind: what is stored of it leads to nobody."""

from __future__ import annotations

from kept.core.register import declarations as register

register.touchpoint("visits", purposes=("visits",))
