"""A folder of text files becomes a policy: read, built, cross-checked."""
