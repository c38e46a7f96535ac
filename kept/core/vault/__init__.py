"""A key for every data subject, values and files sealed under it, and the gate that opens them for a
purpose.
"""
