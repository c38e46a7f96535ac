"""What the choice of a region puts on a device, and that its page tells the same to everybody who is not signed in."""

from __future__ import annotations

from kept.core.register import declarations as register

register.cookie("kept_region")
