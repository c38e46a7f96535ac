"""Until when each value lives."""
