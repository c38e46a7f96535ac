"""What the promises room can prove: nothing was widened without the notice that was promised, and no link leads off unseen."""

from __future__ import annotations

from itertools import pairwise

from kept.core.ledger import versions
from kept.core.policy.diff import diff
from kept.core.register.proofs import Proof, proof
from kept.portal import bare_links, outward
from kept.promises import wording
from kept.promises.flows import notice_before


@proof(
    "promises.announced",
    promise="announced",
    title="Every widening was announced in time",
    unseen="Whether anybody read the announcement.",
)
def announced() -> Proof:
    """Every published version is signed, and whatever it widened took effect no sooner than the notice after its publication."""
    rows = sorted(versions.all_versions(), key=lambda row: row.number)
    late = []
    for before, row in pairwise(rows):
        policy = versions.examine(row)
        widened = [change for change in diff(versions.version(before.number), policy) if change.material and change.kind == "widened"]
        announced_on = row.published_at.date()
        if widened and row.effective < notice_before(policy).after(announced_on):
            late.append(f"version {row.number} ({len(widened)} widened, {(row.effective - announced_on).days} days' notice)")
    if late:
        return Proof(False, f"{len(late)} of {len(rows)} too soon", f"Took effect before their notice had run: {', '.join(late)}.")
    return Proof(
        True,
        f"{len(rows)} of {len(rows)} in time",
        "Every published version is signed and in the ledger, and no widening took effect before its notice had run.",
    )


@proof(
    "promises.links_marked",
    promise="other-sites",
    title="Every link that leads off the site says so",
    unseen="Links that people write into their messages, and pages that are drawn by a program in the browser.",
)
def links_marked() -> Proof:
    """The wording in each language, as it is drawn; every address of the policy, as pages lead to it; and each template, for a link that is drawn bare."""
    policy = versions.current().policy
    drawn = [str(wording.html(clause.text, policy)) for text in policy.texts.values() for clause in text.clauses]
    company = policy.company
    named = [*(region.controller.authority_url for region in company.regions.values()), *(sister.url for sister in company.sister_sites)]
    drawn += [outward.link(policy, address) for address in dict.fromkeys(named) if address]
    read = [outward.links(policy, html) for html in drawn]
    unmarked = [address for one in read for address in one.unmarked] + [f"a link in {place}" for place in bare_links.in_templates()]
    count = sum(one.outward for one in read)
    if unmarked:
        return Proof(False, f"{len(unmarked)} unmarked", f"Leads off the site without saying whose site it is: {', '.join(unmarked[:5])}.")
    return Proof(
        True, f"{count} links, all marked", "Every link that leads off the site says whose site it leads to, and no template draws one without."
    )
