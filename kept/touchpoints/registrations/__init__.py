"""Product registration: somebody tells us that a machine with a serial number is theirs, for the warranty and
for recalls.

It keeps the registration with its reference and the phone and address used for it, a claim with its proof of
purchase where the serial number could not be registered at once, and, for a day, what was typed of a
registration that was not finished. Registration and proof stay for two years after the product is no longer
theirs.
"""
