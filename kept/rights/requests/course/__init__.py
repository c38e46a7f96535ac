"""The clock of a request and the steps on it."""
