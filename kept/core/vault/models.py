"""Found by Django here; written beside what they serve."""

from kept.core.vault.filerow import RemovedFile, SealedFileRow
from kept.core.vault.plain_rows import KeyRow, Token

__all__ = ["KeyRow", "RemovedFile", "SealedFileRow", "Token"]
