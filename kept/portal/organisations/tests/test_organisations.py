"""Joining, roles, leaving and dissolving; and what neither side learns of the other."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ENDINGS
from kept.core.register.holdings import held
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.session_proofs import SessionProof, own
from kept.equipment import serials
from kept.equipment.models import Holding, Unit
from kept.outbox.delivery import deliver
from kept.outbox.handing_over.corrections import correct
from kept.people.models import Membership, Organisation
from kept.portal.organisations import flows
from kept.portal.organisations.jobs import forget_lapsed, pass_wishes_on, tell_of_same_numbers
from kept.portal.organisations.models import Joining, Seat
from kept.products import demo
from kept.products.models import Product
from kept.rights.erasure import flows as erasing
from kept.rights.erasure import steps
from kept.testing import customer, reader_of

pytestmark = pytest.mark.django_db(transaction=True)
VAT, PAGE = "BE0123456749", "/me/organisations/"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&#x27;", "'")


def letters(to: str) -> list[Any]:
    deliver()
    return [message for message in mail.outbox if message.to == [to]]


def found(user: User, vat: str = VAT, name: str = "Moulin Télécom") -> Organisation:
    made = Organisation(controller="cet-power")
    reader = reader_of(user).founding(made.pk)
    with gate.purpose("account", reader=reader, about=user.person, source="profile"):
        return Organisation.objects.found(id=made.pk, name=name, vat=vat, by=user.person)


def lines(user: User) -> list[str]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.subject):
        return [str(one.detail.get("what")) for one in timeline(user.subject)]


@pytest.fixture
def works(alice: User) -> Organisation:
    """Alice owns it."""
    return found(alice)


@pytest.fixture
def hers(client_of: Any, alice: User) -> Client:
    return client_of(alice)


@pytest.fixture
def his(client_of: Any, charlie: User) -> Client:
    return client_of(charlie)


def invited(
    hers: Client, works: Organisation, email: str = "charlie@example.com", role: str = "engineer"
) -> str:
    answer = hers.post(f"{PAGE}{works.pk}/invitations/", {"email": email, "role": role})
    assert answer.status_code == 302, answer.content.decode()
    return re.findall(r"(/me/organisations/invitations/\S+/)", letters(email)[-1].body)[-1]


def joined(hers: Client, his: Client, works: Organisation, role: str = "engineer") -> Membership:
    assert his.post(invited(hers, works, role=role), {"accept": "yes"}).url == f"{PAGE}{works.pk}/"
    return (
        works.memberships.current().exclude(role="owner").get()
        if role != "owner"
        else works.memberships.latest("since")
    )


def test_an_owner_invites_and_a_colleague_joins(
    hers: Any, his: Any, works: Organisation, charlie: User
) -> None:
    assert his.get(f"{PAGE}{works.pk}/").status_code == 404
    member = joined(hers, his, works)
    assert member.person_id == charlie.person_id and member.role == "engineer"
    assert "Charlie Weber" in text(hers.get(f"{PAGE}{works.pk}/"))
    page = text(his.get(f"{PAGE}{works.pk}/"))
    assert "Moulin Télécom" in page and "Alice Lambert" in page and "alice@example.com" not in page
    assert "You joined an organisation" in lines(charlie)
    assert Joining.objects.get().__dict__["email"] is None


def test_the_link_works_once_by_a_click_and_for_two_weeks(hers: Any, his: Any, works: Organisation) -> None:
    link = invited(hers, works)
    assert "Sign in" in text(Client().get(link)) and "Moulin" not in text(Client().get(link))
    his.get(link)
    assert works.memberships.current().count() == 1
    his.post(link, {"accept": "yes"})
    assert his.get(link).status_code == 410
    late = invited(hers, works, "dana@example.org")
    Joining.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert his.post(late, {"accept": "yes"}).status_code == 410 and forget_lapsed() == 1
    assert all(row.__dict__["email"] is None for row in Joining.objects.all())


def test_it_is_declined_without_an_id_and_withdrawn(hers: Any, works: Organisation) -> None:
    assert Client().post(invited(hers, works), {"decline": "yes"}).status_code == 302
    link = invited(hers, works)
    row = Joining.objects.open().get()
    assert hers.post(f"{PAGE}joinings/{row.pk}/", {"verb": "withdraw"}).status_code == 302
    assert Client().get(link).status_code == 410 and works.memberships.count() == 1


def test_only_owners_invite_decide_and_take_out(
    hers: Any, his: Any, works: Organisation, alice: User
) -> None:
    joined(hers, his, works, role="buyer")
    refused = his.post(f"{PAGE}{works.pk}/invitations/", {"email": "x@example.org", "role": "viewer"})
    assert refused.status_code == 422 and "Only an owner" in text(refused)
    owner = works.memberships.current().get(role="owner")
    for said in ({"leave": "yes"}, {"role": "viewer"}):
        assert "Only an owner" in text(his.post(f"{PAGE}{works.pk}/members/{owner.pk}/", said, follow=True))
    assert "Only an owner" in text(his.post(f"{PAGE}{works.pk}/dissolving/", follow=True))
    assert works.memberships.current().count() == 2


def test_ownership_is_handed_over_and_the_last_owner_stays(
    hers: Any, his: Any, works: Organisation, alice: User
) -> None:
    member = joined(hers, his, works)
    mine = works.memberships.current().get(person=alice.person_id)
    for said in ({"leave": "yes"}, {"role": "viewer"}):
        answer = hers.post(f"{PAGE}{works.pk}/members/{mine.pk}/", said, follow=True)
        assert "Make somebody else an owner first" in text(answer)
    hers.post(f"{PAGE}{works.pk}/members/{member.pk}/", {"role": "owner"})
    assert "You belong to it no longer" in text(
        hers.post(f"{PAGE}{works.pk}/members/{mine.pk}/", {"leave": "yes"}, follow=True)
    )
    assert (
        hers.get(f"{PAGE}{works.pk}/").status_code == 404
        and not Seat.objects.filter(person=alice.person_id).exists()
    )


@pytest.mark.parametrize("said", [{"leave": "yes"}, {"role": "viewer"}])
def test_a_link_does_not_outlive_the_owner_who_sent_it(
    hers: Any, his: Any, works: Organisation, client_of: Any, said: dict[str, str]
) -> None:
    """Charlie is an owner, invites a second ID of his own as another one, and goes: nobody comes back by that
    link.
    """
    member = joined(hers, his, works)
    hers.post(f"{PAGE}{works.pk}/members/{member.pk}/", {"role": "owner"})
    link = invited(his, works, "second@example.org", role="owner")
    owner = works.memberships.current().get(person=member.person_id)
    assert hers.post(f"{PAGE}{works.pk}/members/{owner.pk}/", said).status_code == 302
    assert (
        client_of(customer("Second", "second@example.org")).post(link, {"accept": "yes"}).status_code == 410
    )


def test_a_link_does_not_outlive_the_way_back_of_her_address(
    hers: Any, works: Organisation, alice: User
) -> None:
    older = invited(hers, works, "old@example.org")
    Joining.objects.update(begun_at=timezone.now() - timedelta(days=5))
    link = invited(hers, works, "thief@example.org", role="owner")
    assert list(ENDINGS["organisations"](alice, timezone.now() - timedelta(hours=72))) == [
        "1 invitation into your organisation"
    ]
    assert Client().get(link).status_code == 410 and Client().get(older).status_code == 200


def test_whoever_is_taken_out_sees_it_no_longer(
    hers: Any, his: Any, works: Organisation, charlie: User
) -> None:
    member = joined(hers, his, works)
    hers.post(f"{PAGE}{works.pk}/members/{member.pk}/", {"leave": "yes"})
    assert his.get(f"{PAGE}{works.pk}/").status_code == 404 and charlie.person.organisations() == set()
    assert "You belong to an organisation no longer" in lines(charlie)


@pytest.fixture
def machine(works: Organisation, alice: User) -> Unit:
    demo.load()
    unit = Unit.objects.produce(serial=serials.make(120488), product=Product.objects.get(code="M10-48-10K"))
    with gate.purpose("registration", reader=_of(alice, works), about=alice.person):
        unit.register_to(holder=works, purchased=date(2025, 5, 3))
    return unit


def _of(user: User, organisation: Organisation) -> Any:
    return own(user.subject, SessionProof(subject=user.subject, session="a test"), [organisation.pk])


def test_the_only_member_dissolves_it_and_keeps_its_machines(
    hers: Any, works: Organisation, machine: Unit, alice: User
) -> None:
    assert "1 product became yours" in text(hers.post(f"{PAGE}{works.pk}/dissolving/", follow=True))
    holding = machine.holding
    assert (
        holding is not None
        and holding.person_id == alice.person_id
        and works.memberships.current().count() == 0
    )
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        assert Holding.objects.get(pk=holding.pk).warranty_from == date(2025, 5, 3)


def test_it_is_not_dissolved_over_the_heads_of_others(
    hers: Any, his: Any, works: Organisation, machine: Unit
) -> None:
    joined(hers, his, works)
    assert "Others belong to it" in text(hers.post(f"{PAGE}{works.pk}/dissolving/", follow=True))
    assert machine.holding.organisation_id == works.pk  # type: ignore[union-attr]


def test_an_erased_member_leaves_the_organisation_its_machines(
    hers: Any, his: Any, works: Organisation, machine: Unit, alice: User
) -> None:
    joined(hers, his, works)
    erasure = erasing.ask(
        subject=alice.subject, controller="cet-power", reader=reader_of(alice), wait=timedelta(0)
    )
    steps.advance(erasure)
    assert machine.holding.organisation_id == works.pk  # type: ignore[union-attr]
    assert (
        works.memberships.current().get().role == "owner"
        and not Seat.objects.filter(person=alice.subject).exists()
    )


def test_a_wish_is_answered_alike_whether_the_organisation_is_here(
    his: Any, works: Organisation, client_of: Any
) -> None:
    other = client_of(customer("Noor Vale", "noor@example.org"))
    answers = [
        text(one.post(f"{PAGE}wishes/", {"vat": vat}, follow=True))
        for one, vat in ((his, VAT), (other, "BE0404616494"))
    ]
    assert answers[0].replace("Charlie", "Noor") == answers[1]
    assert not letters("alice@example.com")
    assert pass_wishes_on() == 1
    shown = [text(one.get(PAGE)) for one in (his, other)]
    assert shown[0].replace("Charlie", "Noor") == shown[1]


def test_an_owner_says_yes_to_a_wish(hers: Any, his: Any, works: Organisation, charlie: User) -> None:
    his.post(f"{PAGE}wishes/", {"vat": "be 0123.456.749"})
    assert pass_wishes_on() == 1 and pass_wishes_on() == 0
    assert (
        "wishes to join" in letters("alice@example.com")[-1].subject
        and "Charlie" not in letters("alice@example.com")[-1].body
    )
    assert "Charlie Weber, charlie@example.com" in text(hers.get(f"{PAGE}{works.pk}/"))
    row = Joining.objects.get()
    assert his.post(f"{PAGE}joinings/{row.pk}/", {"verb": "agree"}, follow=True).status_code == 200
    assert charlie.person.organisations() == set()
    hers.post(f"{PAGE}joinings/{row.pk}/", {"verb": "agree"})
    assert (
        charlie.person.organisations() == {works.pk}
        and works.memberships.current().get(person=charlie.person_id).role == "viewer"
    )
    assert "You belong to Moulin Télécom now" in letters("charlie@example.com")[-1].subject


def test_a_no_shows_nothing_to_whoever_asked(hers: Any, his: Any, works: Organisation) -> None:
    his.post(f"{PAGE}wishes/", {"vat": VAT}, follow=True)
    before = text(his.get(PAGE))
    pass_wishes_on()
    hers.post(f"{PAGE}joinings/{Joining.objects.get().pk}/", {"verb": "refuse"})
    assert text(his.get(PAGE)) == before and not letters("charlie@example.com")
    assert "charlie@example.com" not in text(hers.get(f"{PAGE}{works.pk}/"))


def test_two_who_type_one_number_the_first_is_told_of_the_second_and_nothing_else(
    works: Organisation, charlie: User
) -> None:
    assert tell_of_same_numbers() == 1
    found(charlie, name="Moulin Telecom SA")
    assert tell_of_same_numbers() == 1 and tell_of_same_numbers() == 0
    body = letters("alice@example.com")[-1].body
    assert "same VAT number as Moulin Télécom" in body and "Charlie" not in body and "SA" not in body
    assert not letters("charlie@example.com")


def test_a_mistake_loses_nothing(hers: Any, his: Any, works: Organisation) -> None:
    wrong = hers.post(f"{PAGE}{works.pk}/invitations/", {"email": "noor@", "role": "buyer"})
    assert wrong.status_code == 422 and 'value="noor@"' in wrong.content.decode()
    assert his.post(f"{PAGE}wishes/", {"vat": "nonsense"}).status_code == 422
    assert hers.post(f"{PAGE}joinings/{works.pk}/", {"verb": "agree"}).status_code == 404


def ended(works: Organisation) -> None:
    works.memberships.update(until=timezone.now())


def demoted(works: Organisation) -> None:
    works.memberships.update(role="viewer")


def erased(works: Organisation) -> None:
    works.memberships.all().delete()


def taken_back(works: Organisation) -> None:
    alice, since = User.objects.get(email="alice@example.com"), timezone.now() - timedelta(hours=1)
    assert len([*ENDINGS["organisations"](alice, since), *ENDINGS["handovers"](alice, since)]) == 2
    assert not list(ENDINGS["organisations"](alice, since)), "once"


@pytest.mark.parametrize("act", [ended, demoted, erased, taken_back])
def test_invitations_and_offers_end_with_the_membership_they_were_made_in(
    hers: Any, his: Any, works: Organisation, machine: Unit, charlie: User, act: Any
) -> None:
    holding, mail_to = machine.holding, "charlie@example.com"
    assert holding is not None
    hers.post(f"/me/products/units/{holding.pk}/offer/", {"email": mail_to})
    offer = re.findall(r"(/me/products/offers/\S+/)", letters(mail_to)[-1].body)[-1]
    invitation, row = invited(hers, works), Joining.objects.open().get()
    assert his.get(offer).status_code == his.get(invitation).status_code == 200
    act(works)
    for link in (offer, invitation):
        assert (
            his.get(link).status_code == 410
            and his.post(link, {"accept": "yes", "holder": "myself"}).status_code == 410
        )
    with pytest.raises(flows.NotNow):
        flows.accept(reader=reader_of(charlie), person=charlie.person, joining=row)
    assert (
        machine.holding == holding
        and not works.memberships.current().filter(person=charlie.person_id).exists()
    )


def test_it_requires_an_id(client: Client, works: Organisation) -> None:
    for address in (PAGE, f"{PAGE}{works.pk}/"):
        assert client.get(address).status_code == 302
    assert client.post(f"{PAGE}wishes/", {"vat": VAT}).status_code == 302 and not Joining.objects.exists()


def test_what_is_known_of_her_holds_her_wish_and_withholds_what_its_owners_keep(
    hers: Any, his: Any, works: Organisation, charlie: User
) -> None:
    his.post(f"{PAGE}wishes/", {"vat": VAT})
    pass_wishes_on()
    with gate.purpose("own-data", reader=reader_of(charlie), about=charlie.subject):
        rows = {holding.table: list(holding.rows()) for holding in held(charlie.subject)}
    assert len(rows["organisations_joining"]) == 1


def test_the_name_colleagues_see_follows_the_profile(
    hers: Any, his: Any, works: Organisation, charlie: User
) -> None:
    joined(hers, his, works)
    with gate.purpose("account", reader=_of(charlie, works), about=charlie.person, source="your profile"):
        correct(charlie.person, {"name": "Charlie Moulin"})
    assert "Charlie Moulin" in text(hers.get(f"{PAGE}{works.pk}/"))
    with gate.purpose("account", reader=reader_of(charlie), about=charlie.person, source="your profile"):
        correct(charlie.person, {"name": "Charlie Weber"})
    page = text(hers.get(f"{PAGE}{works.pk}/"))
    assert "Charlie" not in page and "A colleague" in page


def test_a_stale_tab_gives_no_old_role(hers: Client, his: Client, works: Organisation) -> None:
    member = joined(hers, his, works)
    page, address = f"{PAGE}{works.pk}/", f"{PAGE}{works.pk}/members/{member.pk}/"
    [old] = re.findall(rf'{address}">.*?name="seen" value="([^"]+)"', hers.get(page).content.decode())
    old = unescape(old)
    assert hers.post(address, {"role": "buyer", "seen": old}).status_code == 302
    assert "was changed to “Buyer”. You sent “Viewer”" in text(
        hers.post(address, {"role": "viewer", "seen": old}, follow=True)
    )
    assert works.memberships.current().get(person=member.person_id).role == "buyer"
    assert "Since you opened this page" in text(hers.post(address, {"leave": "yes"}, follow=True))
    assert works.memberships.current().filter(person=member.person_id).exists()


def test_an_owner_who_goes_takes_no_colleague_s_invitation_with_them(
    hers: Client, his: Client, works: Organisation
) -> None:
    """Two mechanisms said the same of one link, and one of them said too much: only their own invitations end
    with an owner.
    """
    member = joined(hers, his, works)
    hers.post(f"{PAGE}{works.pk}/members/{member.pk}/", {"role": "owner"})
    mine, theirs = invited(hers, works, "one@example.org"), invited(his, works, "two@example.org")
    owner = works.memberships.current().get(person=member.person_id)
    hers.post(f"{PAGE}{works.pk}/members/{owner.pk}/", {"leave": "yes"})
    assert Client().get(mine).status_code == 200 and Client().get(theirs).status_code == 410
    page = text(hers.get(f"{PAGE}{works.pk}/"))
    assert "one@example.org" in page and "two@example.org" not in page
    assert (
        forget_lapsed() == 1
        and not Joining.objects.filter(ended_at=None).exclude(pk__in=Joining.objects.open()).exists()
    )


def test_however_an_owner_goes_their_link_goes_with_them(
    hers: Client, his: Client, works: Organisation
) -> None:
    """Past every verb, as a verb nobody wrote yet would: the link itself asks."""
    member = joined(hers, his, works)
    hers.post(f"{PAGE}{works.pk}/members/{member.pk}/", {"role": "owner"})
    link = invited(his, works, "two@example.org")
    works.memberships.current().filter(person=member.person_id).update(until=timezone.now())
    assert Client().get(link).status_code == 410


def test_whoever_restricted_their_id_types_nothing_in_here(hers: Client, works: Organisation) -> None:
    hers.post("/me/choices/", {"purpose": "account", "verb": "restrict"})
    for page in (PAGE, f"{PAGE}{works.pk}/"):
        answer = hers.get(page)
        assert (
            answer.status_code == 200
            and 'href="/me/choices/#account"' in answer.content.decode()
            and "can be typed in here" in text(answer)
        )
        assert 'name="vat"' not in answer.content.decode() and 'name="email"' not in answer.content.decode()
    for address, typed in (
        (f"{PAGE}wishes/", {"vat": VAT}),
        (f"{PAGE}{works.pk}/invitations/", {"email": "eve@example.com", "role": "viewer"}),
    ):
        answer = hers.post(address, typed)
        assert (
            answer.status_code == 403
            and next(iter(typed.values())) in answer.content.decode()
            and not Joining.objects.exists()
        )
