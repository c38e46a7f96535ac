"""What a person said yes or no to, when, and what they were shown.

Pressing on is an acknowledgement, never a consent.
"""
