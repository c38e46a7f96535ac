"""Mail to the published address: read, taken in, sorted."""
