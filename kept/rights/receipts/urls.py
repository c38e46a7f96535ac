"""Addresses under /privacy/receipts/."""

from __future__ import annotations

from django.urls import path, register_converter

from kept.rights.receipts import views
from kept.rights.receipts.models import NUMBER


class Number:
    """Nothing else gets as far as the database."""

    regex = NUMBER

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Number, "receipt")

urlpatterns = [
    path("privacy/receipts/<receipt:number>/", views.receipt, name="receipt"),
    path("privacy/receipts/<receipt:number>.json", views.receipt_json, name="receipt-json"),
]
