"""A person is forgotten: a preview, two weeks to think, then key and rows are destroyed, and a receipt
remains that names nobody.
"""
