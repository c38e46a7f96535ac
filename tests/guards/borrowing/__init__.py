"""A planted touchpoint: machines lent for a while.

A test puts this folder into a copy of the program, and one line into its settings.
"""
