"""Backups that forget: two archives of one snapshot with different lives, and a restore that brings nobody
back who was erased.
"""
