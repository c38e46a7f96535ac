"""The person asks: what do you know of me, what happened to it, give me a copy.

Complete by construction, as it reads what was declared.
"""
