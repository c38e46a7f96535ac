"""A line of the combined format, made of what another log says."""

from __future__ import annotations

import re
from ipaddress import ip_address

NOT_TOLD = "\x02"
"""The agent where a log holds none: who it was stays open, where "-" is a program that said nothing. No
server writes it of itself.
"""
# What would end a field or a line is said in the way of addresses.
_APART = str.maketrans({'"': "%22", "\x7f": "%7F", **{chr(code): f"%{code:02X}" for code in range(32)}})
_ADDRESS = re.compile(r"[0-9A-Za-z.:%_-]{1,100}", re.ASCII)
_STATUS = re.compile(r"[1-9]\d\d", re.ASCII)
_MOST = 200


def line(
    address: object,
    time: str,
    request: str,
    status: object,
    *,
    referrer: object = "",
    agent: object = "",
    forwarded: object = "",
) -> str | None:
    """The line; None where it tells no time, no address or no answer.

    ``agent`` is None where the log tells of none.
    """
    who, answer = host(address), str(status)
    if not (time and who and _STATUS.fullmatch(answer)):
        return None
    last = NOT_TOLD if agent is None else field(agent)
    begins = f'{who} - - [{time}] "{field(request)}" {answer} 0 "{field(referrer)}" "{last}"'
    return f'{begins} "{field(forwarded)[:_MOST]}"' if forwarded else begins


def field(said: object) -> str:
    """As it may stand between quotes. "-" for nothing, and for what is no text."""
    return (said.translate(_APART) if isinstance(said, str) else "") or "-"


def host(said: object) -> str:
    """An address without brackets and without a port; "" for what is none."""
    if not isinstance(said, str):
        return ""
    text = said.strip()
    whole, _, port = text.rpartition(":")
    if port.isdigit() and (whole.startswith("[") or _is_address(whole)) and not _is_address(text):
        text = whole
    text = text.removeprefix("[").removesuffix("]")
    return text if text != "-" and _ADDRESS.fullmatch(text) else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
