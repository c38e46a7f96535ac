"""Addresses under /privacy/, and the tiles of the ledger where the C2SP layout puts them."""

from __future__ import annotations

from django.urls import path

from kept.promises import controllers, processing_record, public_ledger, views

urlpatterns = [
    path("privacy/", views.policy, name="privacy"),
    path("privacy/policy.json", views.policy_json, name="policy-json"),
    path("privacy/versions/<int:number>/", views.version, name="policy-version"),
    path("privacy/promises/", views.promises, name="promises"),
    path("privacy/promises.json", views.promises_json, name="promises-json"),
    path("privacy/changes/", views.changes, name="policy-changes"),
    path("privacy/recipients/", views.recipients, name="recipients"),
    path("privacy/controllers/", controllers.page, name="controllers"),
    path("privacy/record/", processing_record.page, name="record"),
    path("privacy/record.csv", processing_record.as_csv, name="record-csv"),
    path("privacy/map.yaml", processing_record.as_yaml, name="map-yaml"),
    path("privacy/map.jsonld", processing_record.as_jsonld, name="map-jsonld"),
    path("privacy/checkpoint", public_ledger.checkpoint, name="checkpoint"),
    path("privacy/key", public_ledger.key, name="ledger-key"),
    path("privacy/keys", public_ledger.keys, name="ledger-keys"),
    path("checkpoint", public_ledger.checkpoint),
    path("checkpoint/cosigned", public_ledger.cosigned),
    path("tile/<path:name>", public_ledger.tile, name="tile"),
]
