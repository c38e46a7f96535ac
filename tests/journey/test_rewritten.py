"""An owner with database and key in hand rewrites the ledger; whoever kept a mail, a receipt, a copy or a
checkpoint finds it.

The two critical ways: acts cut to their leaves before their term, with an act of pruning beside them; and the
looks deleted with all tables of the tree, which the worker then makes anew under the portal's own signature.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journey.portal import kept, make_demo, running, script

KEEP = """
import json
from pathlib import Path
from kept.core.ledger.notes import checkpoint; from kept.core.ledger import fold
from kept.outbox.delivery import footer
from kept.rights.receipts import flows
place = Path({place!r})
given = flows.give("request", controller="cet-power", more={{"State": "Received"}})
fold.fold()
(place / "receipt.json").write_text(json.dumps(flows.handed_out(given)))
(place / "checkpoint.txt").write_text(checkpoint.latest())
(place / "mail.eml").write_text("From: portal@example.com\\nSubject: Done\\n\\nDear Alice,\\n\\n"
                                f"it is done.\\n{{footer()}}")
"""
# What no model lets anybody do, done past them.
MADE_ANEW = """
from django.db import connection
from kept.core.ledger.models import Act
from kept.core.ledger.tree.row_format import unpack
looks = [row.seq for row in Act.objects.all() if unpack(bytes(row.packed)).header["kind"] == "read"]
with connection.cursor() as cursor:
    cursor.executemany("DELETE FROM ledger_act WHERE seq = %s", [(seq,) for seq in looks])
    for table in ("touch", "tile", "checkpoint", "foldstate"):
        cursor.execute(f"DELETE FROM ledger_{table}")
print(len(looks))
"""
CUT = """
import json
from zipfile import ZipFile
from django.db import connection
from kept.core.ledger.tree import chain; from kept.core.ledger import fold, prune
from kept.core.ledger.models import Act, Touch
from kept.core.ledger.record import record
entries = json.loads(ZipFile({copy!r}).read("ledger.json"))["entries"]
leaves = [entry["log"]["index"] for entry in entries if entry["header"]["role"] == "support"][:5]
links = chain.links(leaves)
with connection.cursor() as cursor:
    for leaf, seq in set(Touch.objects.filter(leaf__in=leaves).values_list("leaf", "seq")):
        left = prune.prune(bytes(Act.objects.get(seq=seq).packed), links[leaf])
        cursor.execute("UPDATE ledger_act SET packed = %s, id = %s, at = '1970-01-01 00:00:00'"
                       " WHERE seq = %s", [left, prune.pruned_id(left).hex(), seq])
        cursor.execute("DELETE FROM ledger_touch WHERE leaf = %s", [leaf])
        cursor.execute("INSERT INTO ledger_touch (leaf, mark, seq, number, hash)"
                       " VALUES (%s, -1, %s, 0, %s)", [leaf, seq, bytes(16)])
record("pruned", purpose="auditing", role="system", entity="", policy=1, parts=[],
       payload={{"rows": len(leaves)}})
fold.fold()
print(len(leaves))
"""
FILES = ("mail.eml", "receipt.json", "checkpoint.txt", "copy.zip")


@dataclass(frozen=True)
class Then:
    """A portal on its day, and what somebody kept of it."""

    home: Path
    elsewhere: Path
    files: Path

    @property
    def key(self) -> str:
        return str(self.home / "ledger.pub")

    def again(self, name: str) -> Path:
        """The same home once more, for somebody to rewrite."""
        home = self.home.with_name(name)
        shutil.copytree(self.home, home, ignore=shutil.ignore_patterns("collector.sock"))
        for ending in (".key", ".sign"):
            shutil.copy2(self.home.with_name(f"home{ending}"), home.with_name(name + ending))
        return home


@pytest.fixture(scope="module")
def then(tmp_path_factory: pytest.TempPathFactory) -> Then:
    folder = tmp_path_factory.mktemp("rewritten")
    (folder / "elsewhere").mkdir()
    (folder / "files").mkdir()
    found = Then(make_demo(folder), folder / "elsewhere", folder / "files")
    second = {"KEPT_ERASURES": str(found.elsewhere)}
    said(found.home, KEEP.format(place=str(found.files)), **second)
    made = kept(found.home, "copy", "alice@example.com", "--to", str(found.files / "copy.zip"), **second)
    assert made.returncode == 0, made.stderr
    assert kept(found.home, "worker", "--once", **second).returncode == 0
    return found


def said(home: Path, text: str, **env: str) -> str:
    done = script(home, text, **env)
    out, err = done.communicate(timeout=120)
    assert done.returncode == 0, err
    return out


def test_everything_that_was_kept_holds(then: Then) -> None:
    with running(then.home, KEPT_ERASURES=str(then.elsewhere)) as portal:
        for name in FILES:
            held = kept(
                then.home.with_name("nobody"),
                "verify",
                str(then.files / name),
                "--against",
                portal.url,
                "--key",
                then.key,
            )
            assert held.returncode == 0 and "unchanged" in held.stdout, f"{name}: {held.stdout}{held.stderr}"
    files = [str(then.files / name) for name in FILES]
    assert (
        kept(
            then.home, "ledger", "verify", "--checkpoint", *files, KEPT_ERASURES=str(then.elsewhere)
        ).returncode
        == 0
    )


def test_a_tree_made_anew_is_refused_where_there_is_a_second_place(then: Then) -> None:
    home, second = then.again("refused"), {"KEPT_ERASURES": str(then.elsewhere)}
    assert int(said(home, MADE_ANEW)) > 0
    before = (then.elsewhere / "checkpoints.jsonl").read_bytes()
    worker = kept(home, "worker", "--once", **second)
    assert (
        worker.returncode == 1
        and "older than the second place" in worker.stderr
        and "kept reconcile" in worker.stderr
    )
    verified = kept(home, "ledger", "verify", **second)
    assert verified.returncode == 1 and "older than the second place" in verified.stdout
    promises = kept(home, "promises", **second)
    assert promises.returncode == 1 and "older than the second place" in promises.stdout
    assert kept(home, "reconcile", **second).returncode == 1
    assert (then.elsewhere / "checkpoints.jsonl").read_bytes() == before, "nothing was signed"


def test_a_tree_made_anew_without_one_is_found_by_whoever_kept_anything(then: Then) -> None:
    home = then.again("anew")
    assert int(said(home, MADE_ANEW)) > 0
    assert kept(home, "worker", "--once").returncode == 0, "nothing here knows better, and that is the danger"
    with running(home) as portal:
        for name in FILES:
            held = kept(
                home.with_name("nobody"),
                "verify",
                str(then.files / name),
                "--against",
                portal.url,
                "--key",
                then.key,
            )
            assert held.returncode == 1, f"{name}: {held.stdout}{held.stderr}"
            assert "was rewritten" in held.stdout or "taken away" in held.stdout
    held = kept(home, "ledger", "verify", "--checkpoint", *(str(then.files / name) for name in FILES))
    assert held.returncode == 1 and all(f"{name}: " in held.stdout for name in FILES), held.stdout


def test_acts_cut_before_their_term_are_found(then: Then) -> None:
    """Old checkpoints are still a prefix, as the leaves stand: the ledger's own rules find it, and her older
    copy.
    """
    home, copy = then.again("cut"), str(then.files / "copy.zip")
    assert int(said(home, CUT.format(copy=copy))) > 0
    alone = kept(home, "ledger", "verify")
    assert alone.returncode == 1, alone.stdout
    held = kept(home, "ledger", "verify", "--checkpoint", copy)
    assert held.returncode == 1 and "taken out of the ledger before its term" in held.stdout
    newer = home.with_name("newer.zip")
    assert kept(home, "copy", "alice@example.com", "--to", str(newer)).returncode == 0
    alone = kept(home.with_name("nobody"), "verify", str(newer), "--key", then.key)
    gap = re.search(r"A gap: (part \d+|parts \d+ to \d+) of this person", alone.stdout)
    assert alone.returncode == 1 and gap, alone.stdout + alone.stderr
    assert "no act of pruning says that its term was over" in alone.stdout, (
        "the newer copy is evidence by itself"
    )


def test_an_honest_newer_copy_has_all_of_the_older_one(then: Then) -> None:
    home = then.again("honest")
    newer = home.with_name("honest.zip")
    assert kept(home, "copy", "alice@example.com", "--to", str(newer)).returncode == 0
    since = kept(
        home.with_name("nobody"),
        "verify",
        str(newer),
        "--since",
        str(then.files / "copy.zip"),
        "--key",
        then.key,
    )
    assert since.returncode == 0 and "of the older copy are in the newer one" in since.stdout, (
        since.stdout + since.stderr
    )
