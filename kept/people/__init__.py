"""Persons (data subjects, with or without an ID), organisations, and who belongs to which.

Every value is sealed under its owner's key.
"""
