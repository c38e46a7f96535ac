"""Mail leaves within a second or two of being written; what goes to recipients within a few."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from kept.core.register.destroying.erasure_hooks import sweeps
from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import watched
from kept.outbox import dkim_keys, mail_folder
from kept.outbox.delivery import deliver
from kept.outbox.handing_over.carrier import carry
from kept.outbox.models import Disclosure, Errand, Message, Notice
from kept.sentences import sentence


@job("outbox.deliver", every=timedelta(seconds=1))
def deliver_mail() -> int:
    return deliver()


@job("outbox.carry", every=timedelta(seconds=2))
def carry_to_recipients() -> int:
    return carry()


@job("outbox.dkim", every=timedelta(hours=6))
def forget_old_keys() -> int:
    return dkim_keys.forget_old()


@watched("outbox.transfers", title=sentence("Disclosures and notices to recipients"))
def still(before: datetime) -> int:
    return sum(model.objects.filter(due_at__lt=before).count() for model in (Disclosure, Notice))


@watched("outbox.errands", title=sentence("What was typed, and waits for the worker"))
def errands_that_stand_still(before: datetime) -> int:
    return Errand.objects.filter(due_at__lt=before).count()


@watched("mail", title=sentence("Mail on its way"))
def mail_that_stands_still(before: datetime) -> int:
    """One that the server keeps refusing is tried again within the hour, so even that moves."""
    return Message.objects.filter(due_at__lt=before).count()


@sweeps("outbox.folder")
def forget_letters(is_hers: Callable[[str], bool], spared: UUID | None) -> int:
    return mail_folder.forget(is_hers, spared)
