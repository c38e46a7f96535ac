"""The portal's settings without its limits on sign-ins, for a bench that signs in more often than anybody
may.
"""

from __future__ import annotations

from kept import settings

globals().update({name: value for name, value in vars(settings).items() if name.isupper()})
ACCOUNT_RATE_LIMITS = False
