"""Found by Django here; written beside what they serve."""

from kept.core.vault.columns.plain_rows import KeyRow, Token
from kept.core.vault.sealed_files.filerow import RemovedFile, SealedFileRow

__all__ = ["KeyRow", "RemovedFile", "SealedFileRow", "Token"]
