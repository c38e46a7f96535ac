"""What closed cases came to: a line of each without a person, and what of the lines may be told."""
