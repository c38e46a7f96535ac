"""What the choice of a region puts on a device, and that its page tells the same to everybody who is not
signed in.
"""

from __future__ import annotations

from kept.core.register import declarations as register

register.cookie("kept_region")

register.asks("region", {"country": "Which country's region is shown. It is answered, and kept nowhere."})
