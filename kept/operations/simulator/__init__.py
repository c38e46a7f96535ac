"""Recipients to try the door with: a process of its own, plain Python, no Django, no KEPT_HOME.

It checks what arrives as a careful recipient would, keeps every byte, and behaves as it is told: well,
slowly, not at all, wrongly, or with ill will.
"""
