"""The operator's tables: how the machine runs. Nothing here is about a person."""

from __future__ import annotations

from kept.core.register import declarations as register
from kept.operations.models import BackupRun, JobRun

register.nobody(
    JobRun, because="Names of jobs, times, counts and exception types; never what a job worked on."
)
register.nobody(
    "operations_cache",
    because="Rate limits: keyed hashes and times. The keys cannot be turned back into addresses.",
)
register.nobody(BackupRun, because="When backups were made, where they lie and how large they are.")
