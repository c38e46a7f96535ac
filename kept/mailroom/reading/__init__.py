"""Mail as it really comes, read so that nothing in it can hurt."""
