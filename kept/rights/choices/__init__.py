"""The person says yes, no, not this, not now: consent, objection and restriction per purpose, and the signal
a browser sends.
"""
