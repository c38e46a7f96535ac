"""The ledger derived again, by the portal and by anybody."""
