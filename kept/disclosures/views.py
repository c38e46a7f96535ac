"""One's own disclosures, the public feed of recipients, and the desk's list with its dry run."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kept.accounts.requests import DeskRequest, OwnRequest
from kept.accounts.signing_in.staff import staff_required
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.disclosures import desk
from kept.disclosures.dry_run import FeedWrong, dry_run
from kept.disclosures.forms import DryRunForm
from kept.disclosures.received import received
from kept.disclosures.recipient_changes import atom, recipient_changes
from kept.outbox.send_rules import DoorClosed
from kept.rights.correction.disclosures import names_by_field

for_controllers = staff_required(roles=desk.ROLES)


@never_cache
@require_safe
def mine(request: OwnRequest) -> HttpResponse:
    """Which company got which field of mine, when and what for."""
    person = request.person
    with gate.purpose("own-data", reader=request.reader, about=person):
        context = {"received": received(person.pk, versions.spoken())}
        return render(request, "disclosures/mine.html", context)


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Changes of recipients as an Atom feed: each stands in it from the day it is published."""
    first = versions.all_versions()[0]
    body = atom(
        recipient_changes(),
        title=_("Who may receive your data: changes"),
        site=settings.KEPT_SITE,
        page=reverse("recipients"),
        feed=reverse("recipients-feed"),
        language=translation.get_language() or "en",
        begun=first.published_at,
    )
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")


@never_cache
@require_safe
@for_controllers
def disclosures(request: DeskRequest) -> HttpResponse:
    """The register of recipients and the newest disclosures. It names recipients and fields, and nobody."""
    policy, only = versions.spoken(), request.GET.get("show", "")
    context = {
        "registered": desk.registered(policy, timezone.localdate()),
        "listed": desk.listed(policy, names_by_field(), only=only),
        "only": only,
    }
    return render(request, "disclosures/desk/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_controllers
def trial(request: DeskRequest) -> HttpResponse:
    """A dry run: what of a proposed feed would go. Nothing of it is kept."""
    form, found = DryRunForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            found = dry_run(
                given["feed"].splitlines(keepends=True),
                recipient=given["recipient"].strip(),
                purpose=given["purpose"].strip(),
                today=timezone.localdate(),
            )
        except FeedWrong as wrong:
            form.add_error("feed", str(wrong))
        except DoorClosed as closed:
            form.add_error("recipient" if closed.kind == "recipient" else "purpose", closed.said)
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "disclosures/desk/trial.html", {"form": form, "found": found}, status=status)
