"""What ends with a way back."""

from __future__ import annotations

from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.rights.choices import recovery

ends_with_recovery("choices")(recovery.put_back)
