"""Cache keys. Libraries put addresses and names into them, and the cache is a table that lies in backups."""

from __future__ import annotations

from django.utils.crypto import salted_hmac


def keyed(key: str, prefix: str, version: int) -> str:
    """A keyed hash of the key: 64 hex digits that tell nothing without the master key."""
    return salted_hmac("kept.cache", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()
