"""Belonging to an organisation: invited and asking to join, roles, leaving, handing ownership over,
dissolving.

It keeps the name by which colleagues know a member, and invitations and wishes to join until they are
answered.
"""
