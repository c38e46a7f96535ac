"""What a picture tells beside the picture is taken out: place, camera, time, comments, previews.

Only which way up it is stays. The container is read segment by segment (ISO/IEC 10918-1, PNG 3rd edition,
RFC 9649); the picture itself is never decoded.
"""

from __future__ import annotations

import re
import struct

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
_KEPT_BY_PNG = {
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"gAMA",
    b"cHRM",
    b"sRGB",
    b"sBIT",
    b"bKGD",
    b"pHYs",
}
_KEPT_BY_PNG |= {b"iCCP", b"acTL", b"fcTL", b"fdAT"}
_KEPT_BY_WEBP = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_TELLS = 0x08 | 0x04  # VP8X: there is Exif, there is XMP
_SCAN, _END = 0xDA, b"\xff\xd9"
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""In the data of a scan: what is neither a byte 255 of it (written with a zero) nor a restart."""
_UPRIGHT, _ORIENTATION = 1, 0x0112


class NotAPicture(ValueError):
    """The file ends in the middle, or is not built as its kind is."""


def without_metadata(content: bytes, media_type: str) -> bytes:
    """The same picture without what it tells beside. Anything that is no picture comes back as it is.

    Raises NotAPicture.
    """
    strip = {JPEG: _jpeg, PNG: _png, WEBP: _webp}.get(media_type)
    try:
        return strip(content) if strip else content
    except (struct.error, IndexError):
        raise NotAPicture("The picture ends in the middle.") from None


def _jpeg(content: bytes) -> bytes:
    """Up to the end of the first picture: telephones hide a second one, a film or a map behind it."""
    out, at, way_up = [], 2, _UPRIGHT
    while content[at : at + 2] != _END:
        if content[at] != 0xFF:
            raise NotAPicture("A segment of the picture does not begin where it should.")
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        segment = content[at : at + 2 + length]
        at += 2 + length
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            way_up = _orientation(segment[10:])
        out.append(_shown(marker, segment))
        if marker == _SCAN:
            # Some cameras never write the end.
            found = _MARKER.search(content, at)
            until = found.start() if found else len(content)
            out.append(content[at:until])
            at = until
            if not found:
                break
    return b"".join([content[:2], _orientation_segment(way_up), *out, _END])


def _shown(marker: int, segment: bytes) -> bytes:
    """A segment as far as it is needed to show the picture; b"" where it only tells something."""
    if not (0xE0 <= marker <= 0xEF or marker == 0xFE):
        return segment
    if marker == 0xE0 and segment[4:9] == b"JFIF\0":
        # Without the small preview.
        return b"\xff\xe0\0\x10" + segment[4:16] + b"\0\0"
    kept = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}.get(marker)
    return segment if kept and segment[4:].startswith(kept) else b""


def _orientation(tiff: bytes) -> int:
    """1 to 8 as Exif counts; 1 where it does not say."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(count):
            tag, _kind, _n, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else _UPRIGHT
    except (KeyError, struct.error):
        pass
    return _UPRIGHT


def _orientation_segment(way_up: int) -> bytes:
    """An Exif segment that says which way up, and nothing else; b"" for a picture that is upright."""
    if way_up == _UPRIGHT:
        return b""
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, way_up, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def _png(content: bytes) -> bytes:
    out, at = [content[:8]], 8
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise NotAPicture("The picture ends in the middle.")
        if name in _KEPT_BY_PNG:
            out.append(content[at:end])
        if name == b"IEND":
            break
        at = end
    return b"".join(out)


def _webp(content: bytes) -> bytes:
    out, at = [], 12
    while at + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length + length % 2
        if at + 8 + length > len(content):
            raise NotAPicture("The picture ends in the middle.")
        piece = content[at:end]
        if name == b"VP8X":
            piece = piece[:8] + bytes([piece[8] & ~_TELLS]) + piece[9:]
        if name in _KEPT_BY_WEBP:
            out.append(piece)
        at = end
    body = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(body)) + body
