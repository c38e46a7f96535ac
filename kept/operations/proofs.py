"""What the machine room can prove: there is something to restore, and restoring it brings nobody back."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kept.core.ledger import checkpoint_copies, versions
from kept.core.register import walk_findings
from kept.core.register.declarations import DECLARED
from kept.core.register.proofs import Proof, proof
from kept.core.vault import files
from kept.operations.backups import upkeep
from kept.operations.cookies import DeclaredCookies
from kept.operations.models import BackupRun
from kept.operations.walk.walker import walk
from kept.operations.witness.cosigned import witnessed
from kept.portal import device_consent
from kept.portal.device_consent import ESSENTIAL
from kept.rights.cookies import set_cookies
from kept.rights.cookies.proofs import answered, visitor
from kept.rights.erasure import records
from kept.rights.models import Copy

GUARD = "kept.operations.cookies.DeclaredCookies"
SETTERS = (
    "kept.portal.middleware.EntranceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
)
UNHEARD_OF = "nobody_ever_declared_this"
walk_findings.walker(walk)
proof(
    "ledger.witnessed",
    promise="system-ledger",
    title="The witnesses that are named sign the checkpoints",
    unseen="Whether the witnesses are independent of us and of each other.",
)(witnessed)
REMEMBERED = timedelta(days=30)
"""As long as this, a file that could not be put into somebody's copy breaks the promise."""
FRESH = timedelta(days=8)
"""Whoever backs up every week, and is a day late, is in time."""


@proof(
    "operations.backups_forget",
    promise="system-operations",
    title="Backups are made, and they forget",
    unseen=(
        "Archives in a place that this machine cannot reach, and whether the machine of the second place is"
        " another one."
    ),
)
def backups_forget() -> Proof:
    """Every place and folder this machine can see: the archives themselves and the notes our key signed, not
    what a row says of them.
    """
    if unknown := len(records.unknown()):
        return Proof(
            False,
            f"{unknown} erasures",
            f"Only the second place knows of them: this database is older. Run {checkpoint_copies.MEND}.",
        )
    unwritten = _erasures_only_here()
    if unwritten:
        return Proof(
            False,
            f"{unwritten} erasures",
            "They are written down here alone, so that a restore would not know of them. Set KEPT_ERASURES.",
        )
    if damage := _damage():
        return damage
    last = BackupRun.objects.first()
    if last is None:
        return Proof(None, "no backup", "No backup was made yet.")
    overdue = upkeep.overdue_everywhere()
    if unseen := upkeep.not_there(last):
        return Proof(False, "a backup nobody can see", unseen)
    if overdue:
        return Proof(
            False,
            f"{len(overdue)} too old",
            "Short-lived archives lie there after the day by which the keys in them had to be forgotten.",
        )
    newest = upkeep.newest_whole() or last.at
    age = timezone.now() - min(newest, last.at)
    figure = f"backup of {timezone.localtime(newest):%-d %B %Y}"
    if age > FRESH:
        return Proof(
            False, figure, f"The newest backup is {age.days} days old. Let `kept backup` run every day."
        )
    drill = upkeep.last_drill()
    tried = (
        f"A restore was last tried and checked on {timezone.localtime(drill):%-d %B %Y}."
        if drill
        else "No restore has been tried yet."
    )
    return Proof(
        True,
        figure,
        "Copies of the keys are removed in time, and every erasure is written down in a second place."
        f" {tried}",
    )


def _damage() -> Proof | None:
    """Files that rows name and the disk lacks: now, in the newest backup, or when somebody's copy was
    made.
    """
    if lost := files.lost():
        text = (
            f"The database names sealed files that are not on this machine's disk: {files.named(lost)}. Bring"
            " them back from a backup."
        )
        return Proof(False, f"{lost.total():,} files lost", text)
    last = BackupRun.objects.first()
    if last is not None and last.missing:
        text = "The newest backup lacks files that the database named. Back up again once they are back."
        return Proof(False, f"{last.missing:,} files not in it", text)
    recent = Copy.objects.filter(left_out__gt=0, finished_at__gt=timezone.now() - REMEMBERED)
    if damaged := sum(recent.values_list("left_out", flat=True)):
        text = (
            "Copies of people's data were made without files that cannot be read. Bring them back from a"
            " backup."
        )
        return Proof(False, f"{damaged:,} files damaged", text)
    return None


def _erasures_only_here() -> int:
    """Those the second place does not have; all of them where there is none.

    Raises RecordUnreachable, which breaks the proof too.
    """
    return len(records.in_database()) if records.place() is None else len(records.missing())


@proof(
    "operations.no_cookie_without_yes",
    promise=("cookies-explained", "system-consent"),
    title="No cookie leaves that is not in the table, or has no yes",
    unseen=(
        "Cookies that a proxy in front of the portal sets, and pages that only certain people's data can"
        " make."
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def no_cookie_without_yes() -> Proof:
    """Every cookie the code may set that is not essential, and one that nobody knows, tried at the guard:
    without an answer, after a no, with a forged answer, against a browser's signal, and after a yes. The
    guard is looked for where it must stand.
    """
    optional = [
        (cookie.name.replace("*", "x"), cookie.kind)
        for cookie in DECLARED.cookies
        if cookie.kind != ESSENTIAL and cookie.storage == "cookie"
    ]
    tries = {"the guard stands outside of all that sets cookies": _guard_is_outside()}
    tries["a cookie nobody declared"] = not _leaves(UNHEARD_OF, visitor())
    policy = versions.current().policy
    for name, kind in optional:
        no, yes = (answered(yes=said, to=[kind]) for said in (False, True))
        tries[f"{name} without an answer"] = not _leaves(name, visitor())
        tries[f"{name} after a no"] = not _leaves(name, visitor(no)) and name in set_cookies.strays(
            visitor(no, cookies=[(name, "1")])
        )
        tries[f"{name} by a forged answer"] = not _leaves(
            name, visitor(cookies=[(device_consent.NAME, device_consent.write(yes)[:-1])])
        )
        tries[f"{name} after a yes"] = _leaves(name, visitor(yes))
        tries[f"{name} in the table"] = any(
            cookie.matches(name) and cookie.kind == kind for cookie in policy.cookies.values()
        )
        if kind in device_consent.SIGNALLED:
            tries[f"{name} against a signal"] = not _leaves(name, visitor(signal=True)) and not _leaves(
                name, visitor(yes, signal=True)
            )
    failed = [name for name, held in tries.items() if not held]
    if failed:
        return Proof(
            False, f"{len(failed)} of {len(tries)} tries failed", f"This did not hold: {', '.join(failed)}."
        )
    text = (
        f"{len(optional)} cookies that are not essential were tried without an answer, after a no and by a"
        " forged answer: none left. After a yes each did."
    )
    own = Proof(True, f"{len(tries)} of {len(tries)} tries", text)
    walked = (
        "{cookies} cookies were read from the answers themselves, whoever set them; yes, no and not any more"
        " were pressed."
    )
    return walk_findings.and_walked(
        own, ("cookie",), text=walked, needs=("refusals", "acceptances", "withdrawals")
    )


@proof(
    "operations.stays_here",
    promise=("no-sale", "other-sites"),
    title="No page loads from, or sends to, anybody else",
    unseen="What a script of ours does once it runs in a browser, beyond the addresses written in it.",
    moment=False,
    every=walk_findings.EVERY,
)
def stays_here() -> Proof:
    """What every page makes a browser fetch, and where every form would send what is typed."""
    figure = "{loads} files, {forms} forms"
    text = "Each file that a page loads, and each place a form would send what is typed, is this very site."
    return walk_findings.judged(("elsewhere", "form"), figure=figure, text=text, needs=("loads", "forms"))


@proof(
    "operations.answers_guarded",
    promise="guarded",
    title="Every answer tells the browser what it may do, and shows nobody to anybody else",
    unseen="What a browser does that heeds none of it, and pages that only certain people's data can make.",
    moment=False,
    every=walk_findings.EVERY,
)
def answers_guarded() -> Proof:
    """The headers of every answer, and the names, addresses and numbers of invented people wherever they
    should not be.
    """
    text = (
        "Each page runs nothing but files of this site and may not be framed; nobody's name, address or"
        " number stood in an address or on another's page."
    )
    return walk_findings.judged(
        ("header", "personal"), figure="{pages} pages", text=text, needs=("pages", "greetings")
    )


def _leaves(name: str, request: HttpRequest) -> bool:
    answer = HttpResponse()
    answer.set_cookie(name, "1")
    DeclaredCookies.strip(request, answer)
    return name in answer.cookies


def _guard_is_outside() -> bool:
    order = settings.MIDDLEWARE
    return GUARD in order and all(order.index(GUARD) < order.index(name) for name in SETTERS if name in order)


@proof(
    "operations.asks_declared",
    promise="named-places",
    title="No page asks for anything that nobody declared",
    unseen=(
        "What people write into a free text without being asked, and pages that only certain people's data"
        " can make."
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def asks_declared() -> Proof:
    """Every control of every page as it left, against what the forms and rooms declare."""
    text = (
        "Each question on a page is declared with what it asks for and why, or with why the answer is"
        " nobody's."
    )
    return walk_findings.judged(("field", "form"), figure="{fields} questions", text=text, needs=("fields",))
