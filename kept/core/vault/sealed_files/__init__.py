"""Files, sealed chunk by chunk."""
