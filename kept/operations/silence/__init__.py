"""Nothing personal in logs, reports, caches and cookies."""
