"""Questions and requests to a controller, by any channel: one clock, one board, one answer on the record."""
