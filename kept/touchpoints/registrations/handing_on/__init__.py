"""A machine leaves its holder: for somebody named, for nobody we know, or for good.

Its history goes on; the people's stays with them.
"""
