"""A case from its first word to its last: opened, answered, shared, closed, put together with another."""
