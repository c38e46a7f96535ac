"""Time asks: what is due to die by the policy dies, in small steps, on the record."""
