"""What is put on a device: the banner, the table that is enforced, the choice with its receipt, and what a yes to a cookie brings.

``chosen(request)`` is her answer: ``.preference`` and ``.measurement`` are True, False or None (never asked), ``.allows(kind)``
whether a cookie of the kind may be set.
"""

from kept.portal.device import Chosen, chosen

__all__ = ["Chosen", "chosen"]
