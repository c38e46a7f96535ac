"""A person's copy, from the question to the finished ZIP: small, large, forty in a row; and the same pipeline
over plain columns.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection, models
from django.utils import timezone

from bench.browser import sitting_at
from bench.figure import Figure, at_least, at_most, ratio_at_most
from bench.measure import CPU, pairs, typical
from bench.scale import Scale
from bench.twins import create, registry
from kept.accounts.models import User
from kept.accounts.signing_in.session_proof import session_proof
from kept.core.ledger import versions
from kept.core.ledger.fold import fold
from kept.core.register.holdings import Holding, counted, holdings
from kept.core.register.inventory import Column, Kind
from kept.core.vault import gate
from kept.core.vault.readers import SelfReader
from kept.operations.setting_up import ids
from kept.rights import flows
from kept.rights.access import records as facts
from kept.rights.access.records import Group
from kept.rights.copies.archive import Archive, as_csv, as_json
from kept.rights.copies.copy_builder import pack
from kept.rights.copies.copy_inventory import inventory
from kept.rights.copies.copy_pages import index, table
from kept.touchpoints.registrations.models import Claim, Draft, Registration

MILLI = 1e3
SMALL = 204
QUEUED = 40
AN_ADDRESS = {"street": "Rue du Charbonnage 12", "postcode": "4020", "city": "Liège"}


def run(scale: Scale) -> Iterator[Figure]:
    small, large = customer(SMALL), customer(scale.rows)
    fold()
    ours = partial(_copy, small, ids.own_reader(small))
    yield at_most(f"copy of {SMALL} rows, packed", typical(ours, rounds=scale.rounds) * MILLI, "ms", 25)
    yield at_most(
        f"copy of {SMALL} rows, packed (CPU)", typical(ours, rounds=scale.rounds, clock=CPU) * MILLI, "ms", 25
    )
    ours, plain = partial(_copy, large, ids.own_reader(large)), PlainCopy(large)
    found = pairs(ours, plain, rounds=scale.heavy)
    yield at_least(f"copy of {scale.rows:,} rows", scale.rows / found.ours, "rows/s", 8_000)
    cpu = pairs(ours, plain, rounds=scale.heavy, clock=CPU)
    yield ratio_at_most(
        f"copy of {scale.rows:,} rows (CPU)",
        cpu,
        "ms",
        1.6,
        beside="the same pipeline over plain columns",
        scale=MILLI,
    )
    yield _queue(scale)


def _queue(scale: Scale) -> Figure:
    """What a worker does, one copy after the other: ask, pack, seal the file, tell the person."""
    users = [customer(SMALL) for _ in range(min(QUEUED, 2 * scale.heavy))]
    for user in users:
        flows.ask(subject=user.subject, proof=session_proof(sitting_at(user)), categories=[])
    began = time.perf_counter()
    for _ in users:
        assert flows.make_due() == 1
    each = (time.perf_counter() - began) / len(users)
    raw = typical(RawCopy(users[0]), rounds=scale.rounds)
    return at_least(
        f"{len(users)} queued copies of {SMALL} rows",
        1 / each,
        "/s",
        40,
        limit=1 / raw,
        beside="the same rows read raw, as JSON in a ZIP",
    )


def customer(rows: int) -> User:
    """Somebody of whom so many rows are known: registrations, claims and what is typed at present."""
    user = ids.welcome(
        email=f"{uuid4().hex[:12]}@example.com", name="Alice Lambert", password="otter lantern gravel"
    )
    subject, today, reader = user.subject, timezone.localdate(), ids.own_reader(user)
    wanted = range(rows - flows.count(subject))
    kinds: dict[type[models.Model], list[models.Model]] = {Registration: [], Claim: [], Draft: []}
    for number in wanted:
        if number % 4 == 1:
            claim = Claim(
                reference=_reference(),
                person_id=subject,
                answer_by=today,
                serial="1204882",
                purchase_date=today,
                note="The dealer’s invoice is attached.",
            )
            kinds[Claim].append(claim)
        elif number % 4 == 3:
            kinds[Draft].append(
                Draft(
                    person_id=subject,
                    serial="1204882",
                    purchase_date=today,
                    holder="myself",
                    phone="+32 4 345 67 00",
                    free=True,
                )
            )
        else:
            phone = "+32 4 345 67 00"
            kinds[Registration].append(
                Registration(
                    reference=_reference(), person_id=subject, contact_phone=phone, contact_address=AN_ADDRESS
                )
            )
    with gate.purpose("registration", reader=reader, about=subject, source="registration"):
        for kind, some in kinds.items():
            kind._default_manager.bulk_create(some)
    assert flows.count(subject) == rows
    return user


def _reference() -> str:
    return uuid4().hex[:16]


def _copy(user: User, reader: SelfReader) -> None:
    out = BytesIO()
    pack(subject=user.subject, reader=reader, about=user.subject, out=out)
    assert out.tell() > 1000


class RawCopy:
    """The same rows as they lie there, by the database's own driver, as JSON in a ZIP."""

    def __init__(self, user: User) -> None:
        self._reads = [
            (one.table, *one.query().query.sql_with_params()) for one in counted(user.subject) if one.known
        ]

    def __call__(self) -> None:
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive, connection.cursor() as cursor:
            for name, sql, params in self._reads:
                cursor.execute(sql, params)
                archive.writestr(f"{name}.json", json.dumps(cursor.fetchall(), default=str))
        assert out.tell() > 1000


class PlainCopy:
    """The same person in plain columns, and the same files written from them: no seals, no decisions, no
    ledger.
    """

    def __init__(self, user: User) -> None:
        self.policy = versions.current().policy
        self.holdings: list[Holding] = []
        with gate.purpose("own-data", reader=ids.own_reader(user), about=user.subject):
            for holding in holdings(user.subject):
                if holding.count():
                    self.holdings.append(_twin_of(holding))

    def __call__(self) -> None:
        out = BytesIO()
        archive = Archive(out)
        tables = []
        for holding in self.holdings:
            records = tuple(facts.records(holding, self.policy, list(enumerate(holding.columns))))
            group = Group(holding.title, holding.table, records)
            archive.write(f"data/{group.table}.json", as_json(group))
            archive.write(f"data/{group.table}.csv", as_csv(group))
            archive.write(f"pages/{group.table}.html", table(self.policy, group))
            tables.append((group.title, group.table, len(records)))
        listed = inventory(self.policy, included={}, chosen=None)
        archive.write_json("inventory.json", listed)
        archive.write(
            "index.html",
            index(self.policy, made=timezone.localtime(), tables=tables, inventory=listed, days=[], files=[]),
        )
        archive.seal({"made": ""})
        assert out.tell() > 1000


def _twin_of(holding: Holding) -> Holding:
    """A table with the same values in plain columns."""
    said = holding.declared.holds
    assert said is not None
    columns: tuple[Column, ...] = tuple(replace(column, kind=Kind.PLAIN) for column in holding.columns)
    meta = type("Meta", (), {"app_label": "bench", "apps": registry, "db_table": f"bench_{holding.table}"})
    fields = {column.attribute: models.TextField(null=True) for column in columns}
    twin: type[models.Model] = type(
        f"Twin{holding.model.__name__}",
        (models.Model,),
        {
            "__module__": __name__,
            "Meta": meta,
            "row": models.UUIDField(primary_key=True, default=uuid4),
            "whose": models.UUIDField(db_index=True),
            **fields,
        },
    )
    create(twin)
    rows = [
        {
            column.attribute: facts.said(value) or None
            for column, value in zip(columns, row.values, strict=True)
            if value is not None
        }
        for row in holding.rows()
    ]
    twin._default_manager.bulk_create([twin(whose=holding.subject, **row) for row in rows], batch_size=500)
    plain = replace(said, target=twin, subject=("whose",), label=lambda row: "One of yours")
    return replace(
        holding,
        model=twin,
        columns=columns,
        declared=replace(holding.declared, model=twin, columns=columns, holds=plain),
    )
