"""What the choices of a region and a language put on a device, and that the first's page tells the same to
everybody who is not signed in.
"""

from __future__ import annotations

from kept.core.register import declarations as register

register.cookie("kept_region")
register.cookie("kept_language")

register.asks("region", {"country": "Which country's region is shown. It is answered, and kept nowhere."})
