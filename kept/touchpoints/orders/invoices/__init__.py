"""Invoices and credit notes: numbered without a gap, kept as tax law says."""
