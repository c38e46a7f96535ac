"""What the choice about cookies puts on a device. Nothing of it is stored here with anybody."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.sentences import sentence

register.touchpoint("cookies", purposes=("greeting",))
register.cookie("kept_choices")
register.cookie("kept_greeting", kind="preference")

register.asks(
    "cookie-choice",
    {
        **dict.fromkeys(
            ("preference", "measurement", "advertising"),
            sentence("Her answer stays in a cookie on her device, and names nobody."),
        ),
        "follow": sentence(
            "Whether the answer is kept with her ID as well, as her own choice: consent.record."
        ),
    },
)
