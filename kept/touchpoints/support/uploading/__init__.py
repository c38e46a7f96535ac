"""Files sent piece by piece before their form is, so that a broken line costs a piece, not the file."""
