"""What the promises room can prove: nothing was widened without the notice that was promised, and no link
leads off unseen.
"""

from __future__ import annotations

from itertools import pairwise

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.portal.marks import external_links, unmarked_links
from kept.promises import chronicle, wording
from kept.sentences import counted, joined, sentence


@proof(
    "promises.announced",
    promise="announced",
    title=sentence("Every widening was announced in time"),
    unseen=sentence("Whether anybody read the announcement."),
)
def announced() -> Proof:
    """What ruled on each day, told again from the ledger: whatever got wider then was announced the promised
    time before.
    """
    rows = sorted(versions.all_versions(), key=lambda row: row.number)
    policies = {row.number: versions.examine(row) for row in rows}
    told = chronicle.said()
    kept = [(one.number, one.identity, one.effective, one.at) for one in told]
    if kept != [(row.number, row.identity, row.effective, row.published_at) for row in rows]:
        return Proof(
            False,
            sentence("not what was published"),
            sentence("The versions and the ledger's acts of publishing them do not say the same."),
        )
    if {one.number: (one.until, one.binds) for one in told if one.until} != versions.withdrawals():
        return Proof(
            False,
            sentence("not what was withdrawn"),
            sentence("The withdrawals and the ledger's acts of them do not say the same."),
        )
    if any(later.at < one.at for one, later in pairwise(told)):
        return Proof(
            False,
            sentence("out of order"),
            sentence("A version bears an earlier time than the one before it."),
        )
    late = chronicle.breaches(told, policies.__getitem__, timezone.localdate())
    if late:
        found = joined(
            (
                sentence(
                    "version {number} on {day} ({n} changes, announced on {told})",
                    number=one.number,
                    day=one.day,
                    n=len(one.changes),
                    told=one.told,
                )
                for one in late
            ),
            ", ",
        )
        return Proof(
            False,
            counted("{n} too soon", "{n} too soon", len(late)),
            sentence("Took effect before their notice had run: {found}.", found=found),
        )
    return Proof(
        True,
        sentence("{n} of {n} in time", n=len(rows)),
        sentence(
            "Every published version is signed and in the ledger, and on no day did anything "
            "rule before its notice had run."
        ),
    )


@proof(
    "promises.links_marked",
    promise="other-sites",
    title=sentence("Every link that leads off the site says so"),
    unseen=(
        sentence(
            "Links that people write into their messages, and pages that are drawn by a program "
            "in the browser."
        )
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def links_marked() -> Proof:
    """The wording in each language, as it is drawn; every address of the policy, as pages lead to it; and
    each template, for a link that is drawn bare.
    """
    policy = versions.current().policy
    drawn = [
        str(wording.html(clause.text, policy)) for text in policy.texts.values() for clause in text.clauses
    ]
    company = policy.company
    named = [
        *(region.controller.authority_url for region in company.regions.values()),
        *(sister.url for sister in company.sister_sites),
    ]
    drawn += [external_links.link(policy, address) for address in dict.fromkeys(named) if address]
    read = [external_links.links(policy, html) for html in drawn]
    unmarked = [address for one in read for address in one.unmarked] + [
        sentence("a link in {place}", place=place) for place in unmarked_links.in_templates()
    ]
    count = sum(one.outward for one in read)
    if unmarked:
        return Proof(
            False,
            counted("{n} unmarked", "{n} unmarked", len(unmarked)),
            sentence(
                "Leads off the site without saying whose site it is: {unmarked}.",
                unmarked=joined(unmarked[:5], ", "),
            ),
        )
    text = sentence(
        "Every link that leads off the site says whose site it leads to, and no template draws one without."
    )
    walked = sentence("{links} such links were read from {pages} pages as they left.")
    return walk_findings.and_walked(
        Proof(True, counted("{n} links, all marked", "{n} links, all marked", count), text),
        ("link",),
        text=walked,
    )
