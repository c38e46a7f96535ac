"""The slip of a finger in an e-mail address that is worth a question. Its one canonical form is people's."""

from __future__ import annotations

from difflib import get_close_matches

from kept.people.mailboxes import canonical

WELL_KNOWN = (
    "gmail.com",
    "googlemail.com",
    "mail.com",
    "email.com",
    "ymail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "hotmail.com",
    "hotmail.be",
    "hotmail.fr",
    "hotmail.de",
    "hotmail.it",
    "hotmail.es",
    "hotmail.co.uk",
    "outlook.com",
    "outlook.be",
    "outlook.fr",
    "outlook.de",
    "live.com",
    "live.be",
    "live.fr",
    "live.nl",
    "live.co.uk",
    "msn.com",
    "aol.com",
    "me.com",
    "mac.com",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "yahoo.com",
    "yahoo.fr",
    "yahoo.de",
    "yahoo.it",
    "yahoo.es",
    "yahoo.co.uk",
    "skynet.be",
    "telenet.be",
    "proximus.be",
    "voo.be",
    "scarlet.be",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "laposte.net",
    "sfr.fr",
    "ziggo.nl",
    "kpnmail.nl",
    "fastmail.com",
    "zoho.com",
    "hey.com",
)


def meant(email: str) -> str | None:
    """The address that was probably meant: name@homtail.com -> name@hotmail.com.

    None when nothing looks mistyped.
    """
    name, at, domain = canonical(email).rpartition("@")
    if not at or domain in WELL_KNOWN:
        return None
    near = get_close_matches(domain, WELL_KNOWN, n=1, cutoff=0.85)
    return f"{name}@{near[0]}" if near else None
