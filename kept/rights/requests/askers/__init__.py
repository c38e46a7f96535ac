"""Who asks, for whom, and how that is shown."""
