"""Where rooms above register what they have."""
