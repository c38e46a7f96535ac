"""What the code says of itself, and the check that compares it with the policy."""

from kept.core.register.declarations import cookie, erases, file, hold, holds, nobody, recipient, shared, touchpoint, unlinks

__all__ = ["cookie", "erases", "file", "hold", "holds", "nobody", "recipient", "shared", "touchpoint", "unlinks"]
