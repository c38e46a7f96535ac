"""The portal as strangers meet it: requests through everything that stands between a socket and a view, on a
schedule of its own.

An invented visitor, customer and member of staff open every address, press every button that asks, and read
each answer as a browser would. They live in a database of their own, in memory, which is gone when the walk
ends: see ``scratch_database``.
"""
