"""What asking for a copy leaves behind."""

from __future__ import annotations

from django.db.models import DateTimeField, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from kept.core.register import declarations as register
from kept.rights.models import Copy
from kept.sentences import sentence

CLERICAL = sentence("How far the work has come, in our own words.")

register.touchpoint("rights", purposes=("own-data", "requests"))
register.holds(
    Copy,
    subject="subject",
    purposes=("own-data",),
    title=sentence("Copies you asked for"),
    columns={
        "categories": "rights.request",
        "asked_at": "rights.request",
        "finished_at": "rights.request",
        "dies_at": "rights.request",
        "stopped_at": "rights.request",
        "size": "rights.request",
        "request": "rights.request",
    },
    nobody={
        "ticket": sentence("A keyed mark that lets the worker make this one copy."),
        "due_at": CLERICAL,
        "attempts": CLERICAL,
        "trouble": CLERICAL,
        "done": CLERICAL,
        "all": CLERICAL,
        "left_out": CLERICAL,
        "file": sentence("A random number that names a sealed file."),
    },
    label=lambda copy: sentence("Copy of {day}", day=timezone.localdate(copy.asked_at)),
)
register.file("copy", category="rights.request", purposes=("own-data",), title=sentence("Finished copies"))
register.ends(
    Copy, "copy.finished", at=lambda: Coalesce("finished_at", "stopped_at", output_field=DateTimeField())
)
register.spares(Copy, Q(due_at__isnull=False))
register.carries(Copy, "file")
register.born(Copy, at="asked_at")
