"""Data that is wrong is put right: by the person where they own it, on request elsewhere, and with everybody
it was handed to.
"""
