"""A question to the controller, as anybody asks it: whoever answers is shown first, and only then it goes."""

from __future__ import annotations

import re

from tests.journey.walk import Walk


def ask(walk: Walk, question: str, *, email: str = "") -> str:
    """From Belgium. Returns the reference."""
    walk.go("/privacy/ask/")
    walk.press("Send the question")
    assert walk.says("Tell us your question")
    walk.page.locator("#id_country").select_option("BE")
    walk.press("Show who answers")
    assert walk.says("The data controller for Europe") and walk.says("Belgian Data Protection Authority")
    walk.page.locator("#id_topic").select_option(index=1)
    walk.type_in(question=question, **({"email": email} if email else {}))
    walk.press("Send the question")
    if walk.says("faster than people type"):
        # We are, and do what it says.
        walk.press("Send the question")
    assert walk.says("We have your question") and walk.says("answers by"), walk.page.inner_text("main")
    reference = re.search(r"Q(-[0-9A-Z]{4}){2}", walk.page.inner_text("main"))
    assert reference
    return reference[0]
