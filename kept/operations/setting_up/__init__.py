"""How a portal comes to be."""
