"""Who may ask how often, and whose it is."""
