"""What the choice of a region puts on a device."""

from __future__ import annotations

from kept.core.register import declarations as register

register.cookie("kept_region", kind="preference")
