"""What employees must know: read at the desk, asked about, acknowledged in its exact words.

Whoever has not acknowledged the guidelines of their role opens nobody's data: the gate asks for it.
"""
