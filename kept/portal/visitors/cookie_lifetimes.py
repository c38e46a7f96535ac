"""How long a cookie lives that somebody asked for by a click: as the policy's table says."""

from __future__ import annotations

from django.utils import timezone

from kept.core.policy.model import Policy


def seconds(policy: Policy, name: str) -> int | None:
    """None: the table gives no length, so it goes with the browser's session."""
    lifetime = next((cookie.lifetime for cookie in policy.cookies.values() if cookie.matches(name)), None)
    today = timezone.localdate()
    return (lifetime.after(today) - today).days * 86_400 if lifetime else None
