"""What the choice about cookies puts on a device. Nothing of it is stored here with anybody."""

from __future__ import annotations

from kept.core.register import declarations as register

register.touchpoint("cookies", purposes=("greeting",))
register.cookie("kept_choices")
register.cookie("kept_greeting", kind="preference")
