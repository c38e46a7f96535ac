"""Getting an ID back: what a thief added is thrown out, and whoever lost every factor has a way in
(docs/decisions/0026).
"""
