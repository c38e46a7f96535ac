"""Kept: a customer portal whose published privacy policy is the program."""
