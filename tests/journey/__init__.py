"""The whole of it, as people meet it: a real browser against a real portal, and what is left behind when
things go wrong.
"""
