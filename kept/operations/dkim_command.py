"""``kept mail dkim``: the keys mail is signed with, their DNS records, and which of them signs."""

from __future__ import annotations

import argparse
from email.utils import parseaddr

from kept.core.ledger import versions
from kept.mailroom.judging import name_lookups
from kept.outbox import dkim_keys, sockets
from kept.outbox.delivery import sender
from kept.outbox.models import DkimKey
from kept.sentences import day
from kept.terminal import Stop, report


def manage_keys(options: argparse.Namespace) -> int:
    """Make one (--new), use one (--use), or list them. 1 where nothing is signed."""
    sockets.guard("worker")
    if versions.newest() is None:
        raise Stop("There is no policy in force yet, so mail has no sender. Run `kept setup` first.", code=1)
    domain = parseaddr(sender())[1].rpartition("@")[2].lower()
    if options.new:
        return _made(options, domain)
    if options.use:
        _use(domain, options.use, checked=not options.unchecked)
    return _listed(options, domain)


def _made(options: argparse.Namespace, domain: str) -> int:
    key = dkim_keys.make_key(domain)
    lines = [
        f"A key was made for {domain}, and signs nothing yet. Put this record into the DNS:",
        "",
        dkim_keys.record_line(key),
        "",
        f"Then sign with it: kept mail dkim --use {key.selector}",
    ]
    said = {
        "selector": key.selector,
        "name": dkim_keys.record_name(key),
        "record": dkim_keys.record_text(key),
    }
    return report(options, holds=True, lines=lines, data=said)


def _use(domain: str, selector: str, *, checked: bool) -> None:
    key = DkimKey.objects.filter(domain=domain, selector=selector).exclude(private=None).first()
    if key is None:
        raise Stop(f"{domain} has no key called {selector}. `kept mail dkim` lists them.", code=1)
    if checked:
        try:
            found = name_lookups.txt_records(dkim_keys.record_name(key))
        except name_lookups.NoAnswerNow:
            raise Stop(
                "No name server answered, so nobody knows whether the record is there. Try again, or add"
                " --unchecked.",
                code=1,
            ) from None
        if not any(f"p={key.public}" in one.replace(" ", "") for one in found):
            raise Stop(
                f"The DNS does not have the record of {selector} yet, so what it signs would be refused. Put"
                f" it there, or wait until it is seen:\n{dkim_keys.record_line(key)}",
                code=1,
            )
    dkim_keys.use_key(key)


def _listed(options: argparse.Namespace, domain: str) -> int:
    keys = list(DkimKey.objects.filter(domain=domain).order_by("made_at"))
    signing = dkim_keys.signing_key(domain)
    lines = [f"{key.selector}: {_state(key, signing)}" for key in keys]
    if signing is None:
        lines.append(f"Mail from {domain} is not signed. Make a key: kept mail dkim --new")
    data = {"domain": domain, "keys": {key.selector: _state(key, signing) for key in keys}}
    return report(options, holds=signing is not None, lines=lines, data=data)


def _state(key: DkimKey, signing: DkimKey | None) -> str:
    if signing is not None and key.pk == signing.pk and key.used_from is not None:
        return f"signs since {day(key.used_from)}"
    if key.ended_at:
        return f"signs no more; its DNS record may go after {day(key.ended_at + dkim_keys.STAYS)}"
    return "made, and signs nothing yet"
