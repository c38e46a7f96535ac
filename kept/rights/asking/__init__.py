"""Asking without an account: who answers for you, a form, a reference with its due date, a page that says how far it is."""
