"""Units with serial numbers: what was made, who holds it, since when, and until when its warranty runs."""
