"""The ledger's tables.

Rows are only ever added; the fold's own bookkeeping is the one row that changes, and ``prune`` takes away
what acts past their term said.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler


class LedgerIsAppendOnly(Exception):
    """The ledger is written by ``record``, ``fold`` and ``publish``, pruned by ``prune``, and changed by
    nobody else.
    """


class AppendOnly(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> int:
        raise LedgerIsAppendOnly("A row of the ledger is never changed. Record a new act instead.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise LedgerIsAppendOnly(
            "A row of the ledger is never deleted. Destroying a person's key unlinks their rows."
        )


class CurrentTransaction(models.Func):
    """The number of the writing transaction on PostgreSQL (it counts from 3), else 2: on SQLite writers take
    turns.

    PostgreSQL's row numbers commit out of order, so the fold goes by this one: all transactions below the
    oldest open one have ended, and none of them can add a row any more.
    """

    template = "2"
    output_field = models.BigIntegerField()
    allowed_default = True

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        return "(pg_current_xact_id()::text::bigint)", ()


class Act(models.Model):
    """One act, packed as ``row_format`` says."""

    seq = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=uuid4)
    tx = models.BigIntegerField(db_default=CurrentTransaction())
    at = models.DateTimeField()
    packed = models.BinaryField()

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [models.Index(fields=["tx", "seq"], name="ledger_act_order")]


class Touch(models.Model):
    """The index by person: leaf number ``leaf`` holds act ``seq`` and touches the alias that begins with
    ``mark``.

    Eight bytes of a random alias, as a number, make half the index of sixteen as bytes; the row itself says
    the rest. An act that touches nobody stands under 0, one past its term under -1.

    The last three are the part's link in the person's own chain (see ``row_format``), which the leaf is made
    of: its number, the leaf of the previous part and that part's hash (-1 and nothing for the first). Number
    0: folded before there were chains. Of an act past its term, ``hash`` is the id of the act of pruning that
    names it.
    """

    pk = models.CompositePrimaryKey("leaf", "mark")
    leaf = models.BigIntegerField()
    mark = models.BigIntegerField()
    seq = models.BigIntegerField()
    number = models.BigIntegerField(db_default=0)
    previous = models.BigIntegerField(db_default=-1)
    hash = models.BinaryField(db_default=b"")

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [models.Index(fields=["mark", "leaf"], name="ledger_touch_mark")]


class Tile(models.Model):
    """Up to 256 hashes of the tree, side by side: tile ``number`` at ``level``, whose hashes stand for
    256**level leaves each.
    """

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    data = models.BinaryField()

    objects = AppendOnly.as_manager()


class Checkpoint(models.Model):
    """A signed note (C2SP tlog-checkpoint) on the tree's size and root."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    at = models.DateTimeField()
    note = models.TextField()

    objects = AppendOnly.as_manager()


class Cosignature(models.Model):
    """What a witness said of a checkpoint: the line it signed, or (``at`` empty) that it refused.

    See ``cosignatures``.
    """

    witness = models.CharField(max_length=400)
    size = models.BigIntegerField(db_index=True)
    at = models.DateTimeField(null=True)
    told_at = models.DateTimeField()
    line = models.TextField()


class Version(models.Model):
    """A published policy: its whole text, the day it takes effect, and the signed note that says so."""

    number = models.PositiveIntegerField(primary_key=True)
    identity = models.CharField(max_length=64)
    files = models.JSONField()
    effective = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)
    signature = models.TextField()

    objects = AppendOnly.as_manager()


class Withdrawal(models.Model):
    """A version taken back before its day.

    Until ``binds`` what it narrowed goes on holding; the signed note says all of it.
    """

    version = models.OneToOneField(
        Version, primary_key=True, on_delete=models.PROTECT, related_name="withdrawal"
    )
    at = models.DateTimeField()
    binds = models.DateField()
    by = models.CharField(max_length=200)
    signature = models.TextField()

    objects = AppendOnly.as_manager()


class FoldState(models.Model):
    """How far the fold has come: one row, and the lock that makes folders take turns."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    tx = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    # Transaction numbers mean something in one database cluster only. After a move the fold settles once; see
    # fold.py.
    cluster = models.CharField(max_length=40, default="")
    settled = models.BigIntegerField(default=0)
    # The size that was written down last in the second place, as far as the fold before this one saw; see
    # elsewhere.py.
    noted = models.BigIntegerField(default=0)
