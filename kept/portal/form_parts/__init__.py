"""How a form asks, refuses, and keeps what was typed."""
