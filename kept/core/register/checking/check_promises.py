"""Second half of the check: what the code does with what it holds, against what the policy says is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.conf import settings

from kept.core.policy import law, model
from kept.core.policy.model import Policy
from kept.core.register.checking.findings import Finding
from kept.core.register.declarations import DECLARED, Cookie, Recipient, StoredFile, Touchpoint
from kept.core.register.dormancy import dormant, installed_places
from kept.core.register.hooks.desk import EVERY_ROLE, PANELS, QUEUES
from kept.core.register.proving.proofs import PROOFS

# A privacy question may be a request in the sense of the law, so it is measured with the same clock.
CLOCKS = {"question": "request"}


def purposes(policy: Policy) -> Iterator[Finding]:
    """Purposes the code names and the policy lacks, and the reverse."""
    named: dict[str, str] = {}
    for said in DECLARED.holds:
        single = [id for ids in said.purposes_of.values() for id in ids]
        named.update(dict.fromkeys([*said.purposes, *single], said.place))
    others: list[Recipient | Touchpoint | StoredFile] = [
        *DECLARED.recipients,
        *DECLARED.touchpoints,
        *DECLARED.files,
    ]
    for other in others:
        named.update(dict.fromkeys(other.purposes, other.place))
    for panel in PANELS.values():
        named.update(dict.fromkeys(panel.purposes, f"the panel {panel.id}"))
    for id, place in named.items():
        if id not in policy.purposes:
            yield Finding(
                "kept.E007",
                f"{place} names the purpose {id}, and purposes.toml does not have it.",
                "Write the purpose into purposes.toml, or stop using the data for it.",
            )
    for purpose in policy.purposes.values():
        if purpose.id not in named and not purpose.right and not dormant(purpose):
            yield Finding(
                "kept.E008",
                f"purposes.toml promises the purpose {purpose.id} at {purpose.touchpoint or 'no place'}, and"
                " nothing in the code uses it.",
                "Take it out of purposes.toml, or declare in a personal.py what serves it.",
            )


def recipients(policy: Policy) -> Iterator[Finding]:
    """Recipients the code hands data to, against recipients.toml and the purposes that may reach them."""
    for said in DECLARED.recipients:
        if said.id not in policy.recipients:
            yield Finding(
                "kept.E009",
                f"{said.place} hands data to {said.id}, and recipients.toml does not name it.",
                "Name the recipient with its contract in recipients.toml, or stop sending.",
            )
            continue
        for purpose in said.purposes:
            if purpose in policy.purposes and said.id not in {
                recipient.id for recipient in policy.recipients_of(purpose)
            }:
                yield Finding(
                    "kept.E009",
                    f"{said.place} hands data to {said.id} for {purpose}, and purposes.toml does not share"
                    " that purpose with it.",
                    f"Add {said.id} to {purpose}.shared_with in purposes.toml, or stop sending.",
                )


def cookies(policy: Policy) -> Iterator[Finding]:
    """What is put on a device, against cookies.toml. Django's own two are found in the settings."""
    set_by_code = {said.name: said for said in DECLARED.cookies}
    for setting in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"):
        name = getattr(settings, setting)
        set_by_code.setdefault(name, Cookie(name, "essential", f"settings.py ({setting})"))
    for said in set_by_code.values():
        if not any(
            cookie.matches(said.name) or cookie.name == said.name for cookie in policy.cookies.values()
        ):
            yield Finding(
                "kept.E010",
                f"{said.place} sets the cookie {said.name}, and cookies.toml lacks it.",
                "Add it to cookies.toml with its purpose and lifetime, or stop setting it.",
            )
        for cookie in policy.cookies.values():
            if (cookie.matches(said.name) or cookie.name == said.name) and (cookie.kind, cookie.storage) != (
                said.kind,
                said.storage,
            ):
                yield Finding(
                    "kept.E021",
                    f"{said.place} sets {said.name} as {said.kind} ({said.storage}), and cookies.toml calls"
                    f" it {cookie.kind} ({cookie.storage}).",
                    "Say the same in both: people are asked by the policy's word, and what is set goes by the"
                    " code's.",
                )
    for cookie in policy.cookies.values():
        if not dormant(cookie) and not any(
            cookie.matches(name) or cookie.name == name for name in set_by_code
        ):
            yield Finding(
                "kept.E011",
                f"cookies.toml lists {cookie.name} at {cookie.place}, and nothing in the code sets it.",
                "Take it out of cookies.toml, or declare it with register.cookie where it is set.",
            )


def proofs(policy: Policy) -> Iterator[Finding]:
    """Proofs the promises name, against those the code gives.

    A proof of a room that is not installed only sleeps.
    """
    places = installed_places()
    sleeping = policy.touchpoints.keys() - places
    for promise in policy.promises.values():
        for id in promise.proofs:
            if id not in PROOFS and id.partition(".")[0] not in sleeping:
                yield Finding(
                    "kept.E012",
                    f"promises.toml: {promise.id} ({promise.row}) rests on the proof {id}, and no code"
                    " gives it.",
                    "Write the proof beside the code, or take it out of promises.toml: the promise is then"
                    " shown as not proven.",
                )
            elif id in PROOFS and promise.id not in PROOFS[id].promises:
                yield Finding(
                    "kept.E023",
                    f"promises.toml: {promise.id} ({promise.row}) rests on the proof {id}, which is about"
                    f" {', '.join(PROOFS[id].promises)}.",
                    "Take it out of that promise: it shows nothing for it, and the promise is shown as not"
                    " proven.",
                )
    named = {id for promise in policy.promises.values() for id in promise.proofs}
    for id in sorted(PROOFS.keys() - named):
        yield Finding(
            "kept.N003",
            f"The code gives the proof {id}, and no promise in promises.toml names it.",
            "Name it in the promise it proves, so that people see it.",
        )


def sightless() -> Iterator[Finding]:
    """Proofs that do not say what they do not see: whoever reads "kept" must be told how far it reaches."""
    for id, registered in sorted(PROOFS.items()):
        if not registered.unseen.strip():
            yield Finding(
                "kept.E022",
                f"The proof {id} does not say what it does not see.",
                "Say it in one line: @proof(…, unseen=…).",
            )


def roles(policy: Policy) -> Iterator[Finding]:
    """Roles the desk gives work to, against those the company has."""
    work = [(queue.id, queue.roles) for queue in QUEUES.values() if queue.roles != EVERY_ROLE] + [
        (panel.id, panel.roles) for panel in PANELS.values()
    ]
    for id, given in work:
        for role in given:
            if role not in policy.company.roles:
                yield Finding(
                    "kept.E013",
                    f"The desk gives {id} to the role {role}, and company.toml does not have it.",
                    "Add the role to [roles] in company.toml, or give the work to another.",
                )


def clocks(policy: Policy, at: date) -> Iterator[Finding]:
    """The company's deadlines against the law of every region it serves."""
    countries = {country for region in policy.company.regions.values() for country in region.countries}
    jurisdictions = sorted({law.jurisdiction_of(country) for country in countries} - {""})
    for own in policy.clocks.values():
        for jurisdiction in jurisdictions:
            lawful = law.clock(CLOCKS.get(own.id, own.id), jurisdiction, at)
            if lawful and own.within.length() > lawful.within.length():
                yield Finding(
                    "kept.E015",
                    f"clocks.toml: {own.id} runs {own.within.in_words()}, and the law of {jurisdiction}"
                    f" allows {lawful.within.in_words()} ({lawful.article}).",
                    f"Write within = {str(lawful.within)!r} or less.".replace("'", '"'),
                )


def languages(policy: Policy) -> Iterator[Finding]:
    """Every language has the paragraphs of every other.

    A folder that lacks one is refused when it is loaded; a stored version is looked at here.
    """
    for text in policy.texts.values():
        for other in policy.texts.values():
            for missing in sorted(
                {clause.id for clause in other.clauses} - {clause.id for clause in text.clauses}
            ):
                yield Finding(
                    "kept.E017",
                    f"text/{text.language}.md lacks the paragraph {missing} that text/{other.language}.md"
                    " has.",
                    "Translate it, and publish the policy again.",
                )


def dated(policy: Policy, at: date) -> Iterator[Finding]:
    """What died by its date.

    It stops the recipient it belongs to; people must be able to use their rights on a bad day.
    """
    for recipient in policy.recipients.values():
        problem = transfer_problem(recipient, at)
        if problem:
            yield Finding(
                "kept.D001",
                f"recipients.toml: {recipient.id} ({recipient.country}): {problem} Nothing is sent there.",
                "Agree on a mechanism that is good law, write it into recipients.toml and publish.",
                recipient.id,
            )
        if recipient.contract and not recipient.contract.in_force(at):
            since, until = recipient.contract.since, recipient.contract.until
            span = f"from {since} to {until}" if until else f"from {since}"
            yield Finding(
                "kept.D002",
                f"recipients.toml: the contract {recipient.contract.reference} with {recipient.id} runs"
                f" {span}, and today is {at}. Nothing is sent there.",
                "Renew the contract, write its days into recipients.toml and publish.",
                recipient.id,
            )


def transfer_problem(recipient: model.Recipient, at: date) -> str:
    """Why nothing may leave for this recipient's country on a day, in one sentence; "" when it may."""
    if recipient.transfer is None:
        return ""
    if not recipient.transfer.in_force(at):
        return (
            f"its transfer mechanism {recipient.transfer.mechanism} is agreed from {recipient.transfer.since}"
            f" to {recipient.transfer.until or 'no end'}."
        )
    return law.transfer_problem(recipient.transfer.mechanism, recipient.country, at)
