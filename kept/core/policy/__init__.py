"""What a company promises: read a policy folder, decide by it, compare two of them.

Plain Python; nothing here knows Django.
"""
