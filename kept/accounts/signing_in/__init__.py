"""Who comes in, by which session, at which post."""
