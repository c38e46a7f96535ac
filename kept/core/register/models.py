"""What each proof said last. The worker asks, every page reads: a visitor never makes the proofs run."""

from __future__ import annotations

from django.db import models


class ProofAnswer(models.Model):
    """The last answer of one proof. ``since`` is when this state began."""

    proof = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=10)
    figure = models.CharField(max_length=80)
    text = models.TextField()
    at = models.DateTimeField()
    since = models.DateTimeField()
    seconds = models.FloatField()
