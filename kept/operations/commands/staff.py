"""kept staff list|add|roles|end: who works at the desk, from the machine itself.

Who did it stands in the ledger of each.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from getpass import getuser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kept.accounts.models import StaffMember, User
from kept.accounts.signing_in.posts import StillNeeded, roles_of_staff
from kept.core.ledger import versions
from kept.core.vault.columns.values import show
from kept.desk.staff import flows, handover
from kept.desk.staff.models import Invitation
from kept.people.mailboxes import canonical
from kept.terminal import Stop, report, takes_json

HELP = "Who works at the desk: list, take in, give another role, let go."


def arguments(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|add|roles|end")
    listed = verbs.add_parser("list", help="who works here, and who is invited")
    takes_json(listed)
    add = verbs.add_parser("add", help="invite somebody: a mail goes out, and the link is printed")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--name", required=True)
    roles = verbs.add_parser(
        "roles", help="give somebody another role or company; without --role, say which roles there are"
    )
    roles.add_argument("email", metavar="EMAIL", nargs="?")
    for verb, wanted in ((add, True), (roles, False)):
        verb.add_argument("--role", required=wanted, help="a role of the policy")
        verb.add_argument(
            "--entity",
            default="",
            help="the company of the group (the first one of the policy, or where they are)",
        )
    end = verbs.add_parser("end", help="let somebody go, in this second")
    end.add_argument("email", metavar="EMAIL")
    end.add_argument(
        "--hand-over-to",
        default="",
        metavar="EMAIL",
        help="who goes on with their open matters (else they are closed)",
    )


def run(options: Namespace) -> int:
    by = flows.Employer.at_the_machine(getuser())
    try:
        return {"list": _list, "add": _add, "roles": _roles, "end": _end}[options.verb](options, by)
    except (flows.NotYours, flows.NotPossible, StillNeeded) as no:
        raise Stop(str(no), code=1) from None


def _list(options: Namespace, by: flows.Employer) -> int:
    staff: list[dict[str, Any]] = []
    for entity in by.entities():
        with by.act(entity):
            for post in flows.posts_of([entity]):
                name = show(post.user.person, "name") if post.user.person else ""
                staff.append(_said(name, post.user.email, post, "since", post.since))
            for one in Invitation.objects.open().filter(entity=entity).order_by("invited_at"):
                staff.append(_said(show(one, "name"), show(one, "email"), one, "invited, until", one.until))
    lines = [
        f"{one['email']}  {one['name']}, {one['role']}, {one['entity']}, {one['state']} {one['at']:%-d %B %Y}"
        for one in staff
    ]
    return report(options, holds=True, lines=lines or ["Nobody works at the desk."], data={"staff": staff})


def _said(name: Any, email: Any, row: Any, state: str, at: Any) -> dict[str, Any]:
    return {
        "name": str(name),
        "email": str(email),
        "role": row.role,
        "entity": row.entity,
        "state": state,
        "at": at,
    }


def _add(options: Namespace, by: flows.Employer) -> int:
    try:
        validate_email(options.email)
    except ValidationError:
        raise Stop(f"{options.email} is not an e-mail address. Write one like dana@example.com.") from None
    entity = options.entity or next(iter(versions.current().policy.company.entities))
    invitation, link = flows.invite(
        by=by, name=options.name, email=options.email, role=options.role, entity=entity
    )
    print(
        f"Invited, until {invitation.until:%-d %B %Y}. A mail is on its way with this link, which works"
        f" once:\n  {link}"
    )
    return 0


def _roles(options: Namespace, by: flows.Employer) -> int:
    roles = roles_of_staff(versions.current().policy.company)
    if options.email is None or options.role is None:
        print("\n".join(f"{role}: {words}" for role, words in roles.items()))
        return 0
    post = _post(options.email)
    flows.change_post(by=by, post=post, role=options.role, entity=options.entity or post.entity)
    print("They hold the new post now, are told by mail, and sign in anew.")
    return 0


def _end(options: Namespace, by: flows.Employer) -> int:
    post = _post(options.email)
    to = _post(options.hand_over_to) if options.hand_over_to else None
    if to is not None and (to.user_id == post.user_id or (to.role, to.entity) != (post.role, post.entity)):
        raise Stop("Whoever goes on must hold the same role in the same company, and be somebody else.")
    matters = handover.open_matters(post)
    flows.end(by=by, post=post)
    handover.hand_over(matters, to=to)
    left = (
        f" Matters {', '.join(str(one.number) for one in matters)} were {'handed over' if to else 'closed'}."
        if matters
        else ""
    )
    print(f"The post has ended: the desk is closed to them, and every browser of theirs is signed out.{left}")
    return 0


def _post(email: str) -> StaffMember:
    user = User.objects.filter(email=canonical(email)).first()
    post = user.post() if user else None
    if post is None:
        raise Stop("Nobody with this address works at the desk today. See kept staff list.", code=1)
    return post
