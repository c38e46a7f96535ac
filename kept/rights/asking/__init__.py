"""Asking without an account: a question to the controller of one's region, a request with a proof of
identity, and the page that says where it stands.
"""
