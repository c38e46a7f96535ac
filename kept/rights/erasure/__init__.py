"""Erasure: shown first, proven to be the person's wish, undone for fourteen days, then for ever, with a receipt."""
