"""The first page says the same to everybody."""

from __future__ import annotations

from kept.core.register import declarations as register

register.read_by_anybody("/")
