"""How often is enough."""
