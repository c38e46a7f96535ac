"""What somebody borrowed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kept.touchpoints.borrowing.models import Loan

from kept.accounts.requests import OwnRequest
from kept.core.vault import gate


@never_cache
@require_safe
def borrowed(request: OwnRequest) -> HttpResponse:
    """What is lent to whoever is signed in."""
    with gate.purpose("registration", reader=request.reader, about=request.person):
        return render(
            request, "borrowing/borrowed.html", {"loans": list(Loan.objects.filter(person=request.person))}
        )
