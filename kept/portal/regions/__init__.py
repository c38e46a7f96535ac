"""Where a visitor seems to come from, which of our companies serves there, and the choice to stay or go.

Nobody is sent on.
"""
