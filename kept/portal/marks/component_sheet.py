"""The component sheets: every part in every state, to look at and to test.

Served under DEBUG and to the tests alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import ClassVar

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kept.portal.form_parts.forms import DatePartsField
from kept.portal.form_parts.responses import invalid


class Sheet(forms.Form):
    """One of each kind of field."""

    nobody = {
        "bought": "The sheet of patterns shows it, and sends it nowhere.",
        "email": "The sheet of patterns shows it, and sends it nowhere.",
        "country": "The sheet of patterns shows it, and sends it nowhere.",
        "holder": "The sheet of patterns shows it, and sends it nowhere.",
        "news": "The sheet of patterns shows it, and sends it nowhere.",
        "proof": "The sheet of patterns shows it, and sends it nowhere.",
        "what": "The sheet of patterns shows it, and sends it nowhere.",
        "password": "The sheet of patterns shows it, and sends it nowhere.",
        "agree": "The sheet of patterns shows it, and sends it nowhere.",
    }

    personal: ClassVar = {
        "serial": ("equipment.serial", "registration"),
        "phone": ("contact.phone", "registration"),
    }
    origins: ClassVar = {"email": "From your ID, confirmed 12 May 2026"}
    hints: ClassVar = {"news": {"sem": "Four a year"}}

    serial = forms.CharField(
        label="Serial number",
        help_text="On the type plate inside the lid. Spaces, dashes and small letters do not matter.",
        widget=forms.TextInput({"class": "code", "autocomplete": "off"}),
        error_messages={"required": "Enter the serial number"},
    )
    bought = DatePartsField(
        label="When was it bought?", name="Purchase date", past=True, help_text="For example 3 5 2025"
    )
    phone = forms.CharField(label="Phone", required=False)
    email = forms.EmailField(label="E-mail address", error_messages={"required": "Enter your e-mail address"})
    country = forms.ChoiceField(label="Country", choices=[("BE", "Belgium"), ("FR", "France")])
    holder = forms.ChoiceField(
        label="Who is it for?",
        choices=[("self", "Me"), ("firm", "My organisation")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select who it is for"},
    )
    news = forms.MultipleChoiceField(
        label="News about",
        required=False,
        choices=[("fw", "Firmware"), ("sem", "Seminars near me")],
        widget=forms.CheckboxSelectMultiple,
    )
    proof = forms.FileField(
        label="Proof of purchase", required=False, help_text="A PDF or a photo, 10 MB at most"
    )
    what = forms.CharField(label="What happened?", required=False, widget=forms.Textarea)
    password = forms.CharField(
        label="Password", required=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    agree = forms.BooleanField(
        label="I have read how registration uses this",
        error_messages={"required": "Tick that you have read it"},
    )


@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    """The sheet of the portal's parts; a POST shows its form as it was refused."""
    form = Sheet(request.POST or None, request.FILES or None, initial={"email": "alice@example.com"})
    context = {
        "form": form,
        "from": date(2026, 5, 12),
        "until": date(2029, 5, 12),
        "states": ("kept", "broken", "waiting", "unproven", "unmeasured"),
    }
    if request.method == "POST" and not form.is_valid():
        return invalid(request, "portal/sheet/components.html", context)
    return render(request, "portal/sheet/components.html", context)


@login_not_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The sheet of the desk's parts."""
    opened = timezone.now()
    matter = SimpleNamespace(matter_ref="call 4833", purpose="support", opened_at=opened)
    return render(request, "portal/sheet/desk.html", {"matter": matter, "until": opened + timedelta(hours=1)})
