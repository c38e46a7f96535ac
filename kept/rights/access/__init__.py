"""What we hold of a person, and what happened to it, for themselves."""
