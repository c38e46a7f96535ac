"""Who works at the desk: taken in by invitation, given another role, let go.

Their past look-ups stay on their own record.
"""
