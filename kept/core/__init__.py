"""The promise itself: policy, ledger, consent, vault, register. No HTTP and no HTML in here."""
