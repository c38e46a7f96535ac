"""What the code says of itself, and the check that compares it with the policy."""

from kept.core.register.declarations import cookie, file, holds, nobody, recipient, touchpoint

__all__ = ["cookie", "file", "holds", "nobody", "recipient", "touchpoint"]
