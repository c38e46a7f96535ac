"""The policy as the public sees it: text, published versions, what changed, who receives, and the proof of
each promise.
"""
