"""House rules as code: each guard fails with a sentence that says what to do, and each is shown to fail
once.
"""
