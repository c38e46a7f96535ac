"""Cases of another help desk, taken in with what was said in them, and taken back as a whole."""
