"""That a clock stands for nothing but a code that can still be typed in."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone

from kept.core.register.hooks.stalled_jobs import LONGEST
from kept.core.register.proving.proofs import Proof, proof
from kept.rights.asking.models import TRIES, Check
from kept.rights.requests.models import Request
from kept.sentences import counted, sentence


@proof(
    "asking.clock_stands_for_a_code",
    promise="questions",
    title=sentence("A clock stands only while a code that was sent can still be typed in"),
    unseen=sentence("Whether the mail with the code was read."),
)
def clock_stands_for_a_code() -> Proof:
    """Every request whose clock stands, against the codes that are out.

    What is over must have had its consequence within the hour.
    """
    moment = timezone.now() - LONGEST
    waiting = Request.objects.filter(closed_at=None).exclude(waiting_since=None)
    out = Check.objects.open().filter(
        request=OuterRef("pk"), answered_at=None, tries__lt=TRIES, ends_at__gt=moment
    )
    all_, held = waiting.count(), waiting.filter(waiting_since__lte=moment).exclude(Exists(out)).count()
    if held:
        return Proof(
            False,
            sentence("{n} of {all} held up", n=held, all=all_),
            counted(
                "{n} clock stands though nobody can confirm anything any more.",
                "{n} clocks stand though nobody can confirm anything any more.",
                held,
            ),
        )
    if not all_:
        return Proof(
            True,
            sentence("0 clocks stand"),
            sentence(
                "No clock stands. One that does, waits for a code from the address the request names, at most"
                " 14 days."
            ),
        )
    return Proof(
        True,
        sentence("{n} of {all} codes out", n=all_, all=all_),
        counted(
            "{n} clock stands, for a code that can still be typed in.",
            "{n} clocks stand, each for a code that can still be typed in.",
            all_,
        ),
    )
