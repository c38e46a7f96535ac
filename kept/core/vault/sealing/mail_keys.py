"""Pairs of keys for signing mail: RSA with 2,048 bits, which every mail server can verify (RFC 8301)."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

BITS = 2048


def new_pair() -> tuple[bytes, bytes]:
    """(private as PEM of PKCS #1, public as DER). The caller seals the first."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return (
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )
