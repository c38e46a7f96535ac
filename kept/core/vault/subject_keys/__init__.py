"""One key per data subject under one master key: loaded, destroyed, rotated."""
