"""Making an ID, and the address and password it rests on."""
