"""The WSGI application as the web serves it, its outermost layer included: served by ``kept.wsgi``, and
walked through by the proofs.
"""

from __future__ import annotations

from django.core.handlers.wsgi import WSGIHandler

from kept.operations.serving.guard import Application, Guard


def assembled() -> Application:
    """Built anew, by the settings of now. Whoever puts a layer around everything puts it here."""
    # Outside of everything: whatever a stranger sends, the answer is whole, and no value reaches the log.
    return Guard(WSGIHandler())
