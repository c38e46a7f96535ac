"""Passkeys, authenticator apps, recovery codes, and what is told of them."""
