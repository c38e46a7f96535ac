"""Where a question stands, and the copy that goes with it, without an ID."""
