"""What each proof said last. The worker asks, every page reads: a visitor never makes the proofs run."""

from __future__ import annotations

from django.db import models

from kept.core.sentence_field import SentenceField


class ProofAnswer(models.Model):
    """The last answer of one proof. ``since`` is when this state began."""

    proof = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=10)
    figure = SentenceField()
    text = SentenceField()
    at = models.DateTimeField()
    since = models.DateTimeField()
    seconds = models.FloatField()
