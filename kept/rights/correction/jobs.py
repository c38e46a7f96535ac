"""What ends with a way back, and how it is taken again."""

from __future__ import annotations

from kept.accounts.recovery.throwing_out import ends_with_recovery, taken_again
from kept.rights.correction import recovery

ends_with_recovery("corrections")(recovery.put_back)
taken_again("correction")(recovery.take_again)
