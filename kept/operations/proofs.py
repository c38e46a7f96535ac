"""What the machine room can prove: there is something to restore, and restoring it brings nobody back."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.notes import checkpoint_copies
from kept.core.register.declarations import DECLARED
from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.core.vault.sealed_files import files
from kept.operations.backups import upkeep
from kept.operations.models import BackupRun
from kept.operations.silence.cookies import DeclaredCookies
from kept.operations.walk.walker import walk
from kept.operations.witness.cosigned import witnessed
from kept.portal.visitors import device_consent
from kept.portal.visitors.device_consent import ESSENTIAL
from kept.rights.cookies import set_cookies
from kept.rights.cookies.proofs import answered, visitor
from kept.rights.erasure import records
from kept.rights.models import Copy
from kept.sentences import counted, joined, sentence

GUARD = "kept.operations.silence.cookies.DeclaredCookies"
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
    title=sentence("The witnesses that are named sign the checkpoints"),
    unseen=sentence("Whether the witnesses are independent of us and of each other."),
)(witnessed)
REMEMBERED = timedelta(days=30)
"""As long as this, a file that could not be put into somebody's copy breaks the promise."""
FRESH = timedelta(days=8)
"""Whoever backs up every week, and is a day late, is in time."""


@proof(
    "operations.backups_forget",
    promise="system-operations",
    title=sentence("Backups are made, and they forget"),
    unseen=sentence(
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
            counted("{n} erasure", "{n} erasures", unknown),
            sentence(
                "Only the second place knows of them: this database is older. Run {mend}.",
                mend=checkpoint_copies.MEND,
            ),
        )
    unwritten = _erasures_only_here()
    if unwritten:
        return Proof(
            False,
            counted("{n} erasure", "{n} erasures", unwritten),
            sentence(
                "They are written down here alone, so that a restore would not know of them. Set"
                " KEPT_ERASURES."
            ),
        )
    if damage := _damage():
        return damage
    last = BackupRun.objects.first()
    if last is None:
        return Proof(None, sentence("no backup"), sentence("No backup was made yet."))
    overdue = upkeep.overdue_everywhere()
    if unseen := upkeep.not_there(last):
        return Proof(False, sentence("a backup nobody can see"), unseen)
    if overdue:
        return Proof(
            False,
            counted("{n} too old", "{n} too old", len(overdue)),
            sentence(
                "Short-lived archives lie there after the day by which the keys in them had to be forgotten."
            ),
        )
    newest = upkeep.newest_whole() or last.at
    age = timezone.now() - min(newest, last.at)
    figure = sentence("backup of {day}", day=timezone.localtime(newest).date())
    if age > FRESH:
        return Proof(
            False,
            figure,
            counted(
                "The newest backup is {n} day old. Let `kept backup` run every day.",
                "The newest backup is {n} days old. Let `kept backup` run every day.",
                age.days,
            ),
        )
    drill = upkeep.last_drill()
    tried = (
        sentence("A restore was last tried and checked on {day}.", day=timezone.localtime(drill).date())
        if drill
        else sentence("No restore has been tried yet.")
    )
    return Proof(
        True,
        figure,
        joined(
            [
                sentence(
                    "Copies of the keys are removed in time, and every erasure is written down in a second"
                    " place."
                ),
                tried,
            ]
        ),
    )


def _damage() -> Proof | None:
    """Files that rows name and the disk lacks: now, in the newest backup, or when somebody's copy was
    made.
    """
    if lost := files.lost():
        text = sentence(
            "The database names sealed files that are not on this machine's disk: {files}. Bring them back"
            " from a backup.",
            files=files.named(lost),
        )
        return Proof(False, counted("{n:,} file lost", "{n:,} files lost", lost.total()), text)
    last = BackupRun.objects.first()
    if last is not None and last.missing:
        text = sentence(
            "The newest backup lacks files that the database named. Back up again once they are back."
        )
        return Proof(False, counted("{n:,} file not in it", "{n:,} files not in it", last.missing), text)
    recent = Copy.objects.filter(left_out__gt=0, finished_at__gt=timezone.now() - REMEMBERED)
    if damaged := sum(recent.values_list("left_out", flat=True)):
        text = sentence(
            "Copies of people's data were made without files that cannot be read. Bring them back from a"
            " backup."
        )
        return Proof(False, counted("{n:,} file damaged", "{n:,} files damaged", damaged), text)
    return None


def _erasures_only_here() -> int:
    """Those the second place does not have; all of them where there is none.

    Raises RecordUnreachable, which breaks the proof too.
    """
    return len(records.in_database()) if records.place() is None else len(records.missing())


@proof(
    "operations.no_cookie_without_yes",
    promise=("cookies-explained", "system-consent"),
    title=sentence("No cookie leaves that is not in the table, or has no yes"),
    unseen=sentence(
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
    tries = {sentence("the guard stands outside of all that sets cookies"): _guard_is_outside()}
    tries[sentence("a cookie nobody declared")] = not _leaves(UNHEARD_OF, visitor())
    policy = versions.current().policy
    for name, kind in optional:
        no, yes = (answered(yes=said, to=[kind]) for said in (False, True))
        tries[sentence("{cookie} without an answer", cookie=name)] = not _leaves(name, visitor())
        tries[sentence("{cookie} after a no", cookie=name)] = not _leaves(
            name, visitor(no)
        ) and name in set_cookies.strays(visitor(no, cookies=[(name, "1")]))
        tries[sentence("{cookie} by a forged answer", cookie=name)] = not _leaves(
            name, visitor(cookies=[(device_consent.NAME, device_consent.write(yes)[:-1])])
        )
        tries[sentence("{cookie} after a yes", cookie=name)] = _leaves(name, visitor(yes))
        tries[sentence("{cookie} in the table", cookie=name)] = any(
            cookie.matches(name) and cookie.kind == kind for cookie in policy.cookies.values()
        )
        if kind in device_consent.SIGNALLED:
            tries[sentence("{cookie} against a signal", cookie=name)] = not _leaves(
                name, visitor(signal=True)
            ) and not _leaves(name, visitor(yes, signal=True))
    failed = [name for name, held in tries.items() if not held]
    if failed:
        return Proof(
            False,
            sentence("{n} of {all} tries failed", n=len(failed), all=len(tries)),
            sentence("This did not hold: {tries}.", tries=joined(failed, ", ")),
        )
    text = counted(
        "{n} cookie that is not essential was tried without an answer, after a no and by a forged answer: it"
        " did not leave. After a yes it did.",
        "{n} cookies that are not essential were tried without an answer, after a no and by a forged answer:"
        " none left. After a yes each did.",
        len(optional),
    )
    own = Proof(True, sentence("{n} of {all} tries", n=len(tries), all=len(tries)), text)
    walked = sentence(
        "{cookies} cookies were read from the answers themselves, whoever set them; yes, no and not any more"
        " were pressed."
    )
    return walk_findings.and_walked(
        own, ("cookie",), text=walked, needs=("refusals", "acceptances", "withdrawals")
    )


@proof(
    "operations.stays_here",
    promise=("no-sale", "other-sites"),
    title=sentence("No page loads from, or sends to, anybody else"),
    unseen=sentence(
        "What a script of ours does once it runs in a browser, beyond the addresses written in it."
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def stays_here() -> Proof:
    """What every page makes a browser fetch, and where every form would send what is typed."""
    figure = sentence("{loads} files, {forms} forms")
    text = sentence(
        "Each file that a page loads, and each place a form would send what is typed, is this very site."
    )
    return walk_findings.judged(("elsewhere", "form"), figure=figure, text=text, needs=("loads", "forms"))


@proof(
    "operations.answers_guarded",
    promise="guarded",
    title=sentence("Every answer tells the browser what it may do, and shows nobody to anybody else"),
    unseen=sentence(
        "What a browser does that heeds none of it, and pages that only certain people's data can make."
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def answers_guarded() -> Proof:
    """The headers of every answer, and the names, addresses and numbers of invented people wherever they
    should not be.
    """
    text = sentence(
        "Each page runs nothing but files of this site and may not be framed; nobody's name, address or"
        " number stood in an address or on another's page."
    )
    return walk_findings.judged(
        ("header", "personal"), figure=sentence("{pages} pages"), text=text, needs=("pages", "greetings")
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
    title=sentence("No page asks for anything that nobody declared"),
    unseen=sentence(
        "What people write into a free text without being asked, and pages that only certain people's data"
        " can make."
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def asks_declared() -> Proof:
    """Every control of every page as it left, against what the forms and rooms declare."""
    text = sentence(
        "Each question on a page is declared with what it asks for and why, or with why the answer is"
        " nobody's."
    )
    return walk_findings.judged(
        ("field", "form"), figure=sentence("{fields} questions"), text=text, needs=("fields",)
    )
