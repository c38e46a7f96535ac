"""What things cost, how many there are, and when others come."""
