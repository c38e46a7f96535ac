"""A page of the desk over sealed columns, with its ledger entry, against the same page over plain ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from bench.browser import Browser
from bench.desk_views import PAGE
from bench.figure import Figure, at_most, ratio_at_most
from bench.measure import CPU, pairs
from bench.scale import Scale
from bench.twins import PlainCustomer, SealedCustomer, create, fill, job
from kept.operations.setting_up import ids
from kept.promises.guidelines import flows as guidelines

MILLI = 1e3
SAID = {
    "list": "list page, 50 rows × 2 sealed fields, with its ledger entry (CPU)",
    "bare": "the same list without the desk's shell around it (CPU)",
    "detail": "detail page, with its ledger entry (CPU)",
}


def run(scale: Scale) -> Iterator[Figure]:
    create(SealedCustomer, PlainCustomer)
    fill(4 * PAGE)
    user = ids.hire(
        email="bob@example.com",
        name="Bob Martin",
        role="support",
        entity="cet-power",
        password="otter lantern gravel",
    )
    guidelines.acknowledge_all(user)
    bob = Browser(user)
    with override_settings(ROOT_URLCONF="bench.desk_views"):
        for kind, name in SAID.items():
            found = pairs(
                partial(bob.get, f"/desk/bench/{kind}/sealed/"),
                partial(bob.get, f"/desk/bench/{kind}/plain/"),
                rounds=scale.rounds,
                clock=CPU,
            )
            yield ratio_at_most(name, found, "ms", 1.5, beside="plain columns", scale=MILLI)
    found = pairs(
        partial(_load, SealedCustomer), partial(_load, PlainCustomer), rounds=scale.rounds, clock=CPU
    )
    yield ratio_at_most("list loaded, never opened", found, "ms", 1.15, beside="plain columns", scale=MILLI)
    yield at_most("key queries a query set", _key_queries(), "", 1)


def _load(model: type[SealedCustomer] | type[PlainCustomer]) -> None:
    assert len(model.objects.order_by("position")[:PAGE]) == PAGE


def _key_queries() -> int:
    with job(), CaptureQueriesContext(connection) as asked:
        assert all(row.name and row.email for row in SealedCustomer.objects.order_by("position")[:PAGE])
    return sum("vault_keyrow" in query["sql"] for query in asked.captured_queries)
