"""``kept backup``: two archives of one moment; whole, or not there; nothing in them that opens by itself."""

from __future__ import annotations

import json
import os
import re
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from kept.core.ledger.notes import sign
from kept.core.register.inventory import Kind, Table, tables
from kept.core.register.live_schema import columns_by_table
from kept.core.register.proving.proofs import run
from kept.core.vault.sealing import sealed_streams
from kept.operations.backups import frames, manifest, parts, places
from kept.operations.backups.manifest import Archive, Manifest
from kept.operations.models import BackupRun
from kept.operations.tests.demo_copies import demo_house
from kept.operations.tests.houses import ENGINES, ERASE, House, copy_of
from kept.operations.tests.older import BEFORE_THE_LAST
from kept.rights.erasure import records
from kept.terminal import Stop


@pytest.fixture(scope="module", params=ENGINES)
def plain(request: Any, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demo company, as it was made; a test that changes it takes a copy."""
    return demo_house(tmp_path_factory.mktemp("plain"), request.param)


@pytest.fixture
def portal(plain: House, tmp_path: Path) -> House:
    return copy_of(plain, tmp_path / "portal")


def backed_up(portal: House, to: Path) -> dict[str, Any]:
    said = portal.kept("backup", "--to", to, "--json")
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


# What an archive says inside its seal, told by the portal itself.
INSIDE = """
import json, sys
from collections import defaultdict
from pathlib import Path
from kept.core.vault.sealing import sealed_streams
from kept.operations.backups import frames, manifest
folder = Path({folder!r})
made = manifest.read(folder)
for kind, archive in (("long-lived", made.long), ("short-lived", made.short)):
    columns, blobs, texts = [], [], []
    with (folder / archive.file).open("rb") as file:
        for said in frames.read(sealed_streams.opened(file, made.id, kind), kind):
            if isinstance(said, frames.TableRows):
                table = said.part.table
                columns += [] if said.rows else [f"{{table}}.{{name}}" for name in said.part.columns]
                texts += [str(value) for row in said.rows for value in row]
    print(json.dumps({{"kind": kind, "columns": columns, "text": " ".join(texts)}}))
"""


def inside(portal: House, folder: str) -> dict[str, dict[str, Any]]:
    lines = portal.script(INSIDE.format(folder=folder)).splitlines()
    return {said["kind"]: said for said in map(json.loads, lines)}


def test_two_archives_a_signed_note_and_nobody_else_may_look(plain: House, tmp_path: Path) -> None:
    said = backed_up(plain, tmp_path / "to")
    folder = Path(said["backup"])
    assert sorted(path.name.partition(".")[0] for path in folder.iterdir()) == [
        "long-lived",
        "manifest",
        "short-lived",
    ]
    for path in (folder.parent, folder, *folder.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    # The day is the company's, which after eleven in the evening is not that of UTC.
    made_on = timezone.localdate(datetime.fromisoformat(said["at"]))
    assert date.fromisoformat(said["expires"]) == made_on + timedelta(days=35)
    assert said["expires"] in folder.glob("short*").__next__().name


def test_keys_addresses_and_marks_are_in_the_short_lived_archive_alone(plain: House, tmp_path: Path) -> None:
    said = inside(plain, backed_up(plain, tmp_path / "to")["backup"])
    long, short = said["long-lived"], said["short-lived"]
    assert {"people_person.name", "ledger_act.packed", "vault_sealedfilerow.header"} <= set(long["columns"])
    assert not {"people_person.email_ix", "vault_keyrow.wrapped", "accounts_user.email"} & set(
        long["columns"]
    )
    assert {
        "people_person.email_ix",
        "vault_keyrow.wrapped",
        "vault_token.token",
        "accounts_user.email",
        "mfa_authenticator.data",
    } <= set(short["columns"])
    assert "charlie@example.com" in short["text"] and "charlie@example.com" not in long["text"]
    assert "Alice Lambert" not in long["text"] + short["text"]


def test_no_archive_says_anything_to_whoever_has_no_key(plain: House, tmp_path: Path) -> None:
    folder = Path(backed_up(plain, tmp_path / "to")["backup"])
    raw = b"".join(path.read_bytes() for path in folder.iterdir())
    key = plain.home.with_name("home.key").read_text()
    for word in (
        b"alice",
        b"example.com",
        b"SELECT",
        *(line.split()[-1].encode() for line in key.splitlines()[1:]),
    ):
        assert word not in raw


@pytest.mark.parametrize("place", ["backups", ".", "files/../deeper"])
def test_it_refuses_a_place_inside_the_home(plain: House, place: str) -> None:
    said = plain.kept("backup", "--to", plain.home / place)
    assert said.returncode == 1 and "lies inside KEPT_HOME" in said.stderr


# Between the two archives everybody goes on: one is erased, one comes, a file goes.
MEANWHILE = """
from kept.operations.backups import make
from kept.core.vault.sealed_files.files import SealedFile, known_files
real = make._sealed_files
def slowly(writing, moment, since):
    SealedFile.remove(next(known_files()))
    missing = real(writing, moment, since=since)
    from kept.testing import customer
    customer("Eve Late", "eve@example.com")
    {erase}
    return missing
make._sealed_files = slowly
from kept.__main__ import main
assert main(["backup", "--to", {to!r}]) == 0
"""


def test_it_is_one_moment_whatever_happens_meanwhile(portal: House, tmp_path: Path) -> None:
    erase = ERASE.format(email="alice@example.com").strip().replace("\n", "\n    ")
    portal.script(MEANWHILE.format(to=str(tmp_path / "to"), erase=erase))
    folder = next((tmp_path / "to").iterdir())
    short = inside(portal, str(folder))["short-lived"]["text"]
    assert "alice@example.com" in short and "eve@example.com" not in short
    said = json.loads((folder / "manifest").read_text().rpartition("\n\n")[0])
    assert len(said["long"]["missing"]) == 1 and said["long"]["lost"] == {}
    assert said["short"]["tables"]["vault_keyrow"] == said["long"]["tables"]["consent_standingrow"]


# One goes with its row but without a word, one alone, and one as files go: by the vault's own verb, while the
# backup is made.
LOST = """
from kept.core.vault.sealed_files.files import known_files, path_of
path_of(next(known_files())).unlink()
"""


def test_what_the_rows_name_and_the_disk_lacks_is_an_error_with_its_count(
    portal: House, tmp_path: Path
) -> None:
    """In the backup, in its drill, in the check, on the page of the promises.

    Nothing excuses it but the record of whoever removed it.
    """
    portal.script(LOST)
    said = portal.kept("backup", "--to", tmp_path / "to", "--json")
    data = json.loads(said.stdout)
    assert (said.returncode, data["missing"], sum(data["lost"].values())) == (1, [], 1)
    (kind,) = data["lost"]
    printed = portal.kept("backup", "--to", tmp_path / "to")
    assert (
        printed.returncode == 1
        and f"1 files that the database names are not on this disk, and in no backup: 1 of {kind}."
        in printed.stdout
    )
    checked = portal.kept("check")
    assert checked.returncode == 1 and "kept.D003" in checked.stdout and f"1 of {kind}" in checked.stdout
    asked = portal.script(
        "from kept.core.register.proving.proofs import run\nanswer ="
        " run('operations.backups_forget')\nprint(answer.state, answer.text)"
    )
    assert asked.startswith("broken") and f"1 of {kind}" in asked
    back = portal.script(
        "from pathlib import Path\nfrom kept.operations.backups import"
        f" manifest\nprint(manifest.read(Path({data['backup']!r})).long)"
    )
    assert f"lost={{'{kind}': 1}}" in back


STUCK = """
import time
from kept.operations.backups import make
make.manifest.signed = lambda made: (print("here", flush=True), time.sleep(60))
from kept.__main__ import main
main(["backup", "--to", {to!r}])
"""


def test_one_that_was_killed_leaves_no_backup_and_the_next_says_so(plain: House, tmp_path: Path) -> None:
    to = tmp_path / "to"
    plain.killed(STUCK.format(to=str(to)))
    (left,) = to.iterdir()
    assert left.suffix == ".part"
    said = backed_up(plain, to)
    assert said["leftovers"] == [str(left)] and not left.exists()
    assert [path.name for path in to.iterdir()] == [Path(said["backup"]).name]


def test_one_that_is_under_way_is_left_alone(plain: House, tmp_path: Path) -> None:
    to = tmp_path / "to"
    running = plain.begin(STUCK.format(to=str(to)))
    assert running.stdout is not None and running.stdout.readline().strip() == "here"
    try:
        # At once, and perhaps in the very second of the first: it takes the next one.
        assert backed_up(plain, to)["leftovers"] == []
        assert len(list(to.glob("*.part"))) == 1
    finally:
        running.kill()
        running.communicate()


def test_two_of_one_second_have_names_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands for the first look, and goes on when somebody waits."""
    begun = datetime(2030, 1, 1, 12, tzinfo=UTC)
    moments = iter([begun, begun, begun + timedelta(seconds=1)])
    monkeypatch.setattr(places.timezone, "now", lambda: next(moments))
    with places.new_folder(tmp_path) as first, places.new_folder(tmp_path) as second:
        assert (first.name, second.name) == ("kept-20300101T120000Z.part", "kept-20300101T120001Z.part")
        assert places.clear_leftovers(tmp_path) == []
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "kept-20300101T120000Z",
        "kept-20300101T120001Z",
    ]


def test_one_that_has_no_lock_yet_is_not_taken_for_a_leftover(tmp_path: Path) -> None:
    young, old = tmp_path / "kept-20300101T120000Z.part", tmp_path / "kept-20290101T120000Z.part"
    for folder in (young, old):
        folder.mkdir()
    os.utime(old, (0, 0))
    assert places.clear_leftovers(tmp_path) == [old] and young.exists()


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
from kept.__main__ import main
print(main(["backup", "--to", {to!r}]), file=sys.stderr)
sys.exit(7)
"""


def test_a_full_disk_is_a_sentence_and_leaves_nothing(plain: House, tmp_path: Path) -> None:
    running = plain.begin(FULL.format(to=str(tmp_path / "to")))
    _, said = running.communicate(timeout=60)
    assert said.startswith("There is no room left in") and said.endswith("1\n") and "Traceback" not in said
    assert list((tmp_path / "to").iterdir()) == []


def test_a_wrong_master_key_backs_nothing_up(portal: House, tmp_path: Path) -> None:
    portal.home.with_name("home.key").unlink()
    portal.script(
        "from pathlib import Path\nfrom kept.core.vault.subject_keys import"
        f" keys\nkeys.make_master_key(Path({str(portal.home.with_name('home.key'))!r}))"
    )
    said = portal.kept("backup", "--to", tmp_path / "to")
    assert said.returncode == 1 and "not the master key" in said.stderr
    assert not (tmp_path / "to").exists()


def test_a_database_older_than_the_program_is_refused(portal: House, tmp_path: Path) -> None:
    portal.script(BEFORE_THE_LAST)
    said = portal.kept("backup", "--to", tmp_path / "to")
    assert said.returncode == 1 and "older than the program" in said.stderr and not (tmp_path / "to").exists()


# ---- every table has its archive ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_table_of_the_database_is_in_an_archive_or_made_anew() -> None:
    known = {table.name: parts.archive_of(table) for table in tables()}
    assert set(columns_by_table()) <= set(known)
    assert set(known.values()) == {parts.LONG, parts.SHORT, parts.ANEW}
    assert all(known[name] == parts.ANEW for name in parts._ANEW) and all(
        known[name] == parts.SHORT for name in parts._SHORT
    )


def test_every_column_of_a_table_is_in_an_archive() -> None:
    said = {(part.table, name) for part in parts.parts() for name in part.columns}
    wanted = {
        (table.name, column.name)
        for table in tables()
        for column in table.columns
        if parts.archive_of(table) != parts.ANEW
    }
    assert said == wanted


def test_a_table_nobody_declared_stops_the_backup() -> None:
    with pytest.raises(Stop, match="Nothing says what shoe holds"):
        parts.parts([*tables(), Table("shoe", None, ())])


def test_who_somebody_is_never_lies_in_the_clear_in_what_may_be_kept() -> None:
    long = {part.table for part in parts.parts() if part.archive == parts.LONG}
    clear = [
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if table.name in long
        and table.holds
        and column.kind is Kind.PLAIN
        and column.name in table.holds.clear
    ]
    assert [name for name in clear if re.search(r"email|name|phone|address", name.partition(".")[2])] == []


# ---- archives that were changed, and places ----------------------------------------------------------------


@pytest.fixture
def archive(home: Path, tmp_path: Path) -> tuple[Path, Any]:
    """A stream of three chunks."""
    path, id = tmp_path / "archive", uuid4()
    with path.open("wb") as out:
        writing = sealed_streams.SealedWriter(out, id, "long-lived", forgets=False)
        for _ in range(5):
            writing.write(os.urandom(sealed_streams.CHUNK // 2))
        writing.finish()
    return path, id


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[: 20 + sealed_streams.CHUNK + 16],
        lambda raw: raw + b"x",
        lambda raw: raw[:30] + bytes([raw[30] ^ 1]) + raw[31:],
        lambda raw: (
            raw[:20]
            + raw[20 + sealed_streams.CHUNK + 16 : 20 + 2 * (sealed_streams.CHUNK + 16)]
            + raw[20 : 20 + sealed_streams.CHUNK + 16]
            + raw[20 + 2 * (sealed_streams.CHUNK + 16) :]
        ),
        lambda raw: b"K" + raw,
    ],
)
def test_a_stream_that_was_cut_extended_swapped_or_altered_is_found(
    archive: tuple[Path, Any], spoil: Any
) -> None:
    path, id = archive
    assert sum(map(len, sealed_streams.opened(path.open("rb"), id, "long-lived"))) == 5 * (
        sealed_streams.CHUNK // 2
    )
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(sealed_streams.SealBroken):
        list(sealed_streams.opened(path.open("rb"), id, "long-lived"))


def test_a_stream_opens_as_itself_alone(archive: tuple[Path, Any]) -> None:
    path, id = archive
    for other, kind in ((uuid4(), "long-lived"), (id, "short-lived")):
        with pytest.raises(sealed_streams.SealBroken):
            list(sealed_streams.opened(path.open("rb"), other, kind))


def test_frames_that_end_early_are_found() -> None:
    written: list[bytes] = []

    class Out:
        def write(self, piece: bytes, /) -> None:
            written.append(piece)

    part = parts.Part("t", parts.LONG, ("a", "b"), ("bytes", "text"))
    writer = frames.FrameWriter(Out())
    writer.table(part, [[(b"\x00\xff", "x"), (None, None)]])
    writer.end()
    assert [
        row
        for said in frames.read(written, parts.LONG)
        if isinstance(said, frames.TableRows)
        for row in said.rows
    ] == [
        [b"\x00\xff", "x"],
        [None, None],
    ]
    for some in range(len(written)):
        with pytest.raises(frames.FramesBroken):
            list(frames.read(written[:some], parts.LONG))


def lying(place: Path, expires: date) -> Path:
    """A backup's folder, as far as its note and the archive with the keys go."""
    archive = Archive("short-lived.kept", 4, "", {}, {})
    made = Manifest(uuid4(), datetime.now(UTC), expires, "sqlite", 0, {}, archive, archive)
    folder = place / f"kept-{made.id.hex}"
    folder.mkdir(parents=True)
    (folder / manifest.NAME).write_text(manifest.signed(made))
    (folder / "short-lived.kept").write_bytes(b"keys")
    BackupRun.note(made, folder, generation=b"", now=timezone.now())
    return folder / "short-lived.kept"


@pytest.mark.django_db
def test_the_proof_waits_holds_and_breaks(home: Path, policy: Any, tmp_path: Path, settings: Any) -> None:
    assert run("operations.backups_forget").state == "waiting"
    today = timezone.localdate()
    lying(tmp_path / "to", today + timedelta(days=1))
    assert run("operations.backups_forget").state == "kept"
    old = lying(tmp_path / "to", today - timedelta(days=1))
    assert run("operations.backups_forget").state == "broken" and places.overdue(tmp_path / "to", today) == [
        old
    ]
    assert places.forget_overdue(tmp_path / "to", today) == [old] and not old.exists()
    assert run("operations.backups_forget").state == "kept"
    BackupRun.objects.update(at=timezone.now() - timedelta(days=9))
    assert run("operations.backups_forget").state == "broken"


def a_row_alone(to: Path) -> None:
    BackupRun.objects.all().delete()
    now = timezone.now()
    BackupRun.objects.create(
        id=uuid4(),
        at=now,
        finished_at=now,
        expires=now.date(),
        place=str(to),
        size=9,
        rows=9,
        files=9,
        generation="",
    )


def a_row_of_nowhere(to: Path) -> None:
    a_row_alone(to / "nowhere")


def a_newer_day(to: Path) -> None:
    BackupRun.objects.update(at=timezone.now() + timedelta(minutes=1))


def no_archive(to: Path) -> None:
    next(to.glob("*/short-lived.kept")).unlink()


def half_an_archive(to: Path) -> None:
    next(to.glob("*/short-lived.kept")).write_bytes(b"k")


def a_note_that_was_changed(to: Path) -> None:
    note = next(to.glob("*/manifest"))
    note.write_text(note.read_text().replace("sqlite", "oracle"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "breaking",
    [a_row_alone, a_row_of_nowhere, a_newer_day, no_archive, half_an_archive, a_note_that_was_changed],
)
def test_a_backup_that_is_on_record_and_not_there_breaks_the_proof(
    home: Path, policy: Any, tmp_path: Path, breaking: Any
) -> None:
    lying(tmp_path / "to", timezone.localdate() + timedelta(days=1))
    assert run("operations.backups_forget").state == "kept"
    breaking(tmp_path / "to")
    assert run("operations.backups_forget").state == "broken"


@pytest.mark.django_db
def test_the_proof_breaks_where_an_erasure_is_written_down_here_alone(
    home: Path, policy: Any, tmp_path: Path, settings: Any
) -> None:
    lying(tmp_path / "to", timezone.localdate())
    records.write(records.make(id=uuid4(), subject=uuid4(), at=timezone.now()))
    assert run("operations.backups_forget").state == "broken"
    settings.KEPT_ERASURES = tmp_path / "second"
    settings.KEPT_ERASURES.mkdir()
    assert run("operations.backups_forget").state == "broken"
    records.ship(records.in_database())
    assert run("operations.backups_forget").state == "kept"


@pytest.mark.django_db
def test_what_another_portal_signed_is_left_alone(
    home: Path, policy: Any, tmp_path: Path, settings: Any
) -> None:
    theirs = lying(tmp_path / "to", timezone.localdate() - timedelta(days=9))
    settings.KEPT_SIGNING_KEY_FILE.unlink()
    (home / sign.PUBLIC).unlink()
    sign.create_key(settings.KEPT_SIGNING_KEY_FILE)
    assert places.forget_overdue(theirs.parent.parent, timezone.localdate()) == [] and theirs.exists()
