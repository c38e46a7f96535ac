"""A browser in coarse words: enough to recognise one's own, too little to recognise anybody else's.

The address is never kept.
"""

from __future__ import annotations

from kept.sentences import sentence

# Order matters: Edge and Opera call themselves Chrome, Chrome calls itself Safari, and an iPhone calls itself
# a Mac.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def family(user_agent: str) -> str:
    """ "Firefox on Windows", "Safari on iPhone", or "A browser" when neither is known."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), sentence("A browser"))
    machine = next((name for sign, name in MACHINES if sign in user_agent), "")
    return sentence("{browser} on {machine}", browser=browser, machine=machine) if machine else browser
