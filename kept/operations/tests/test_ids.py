"""IDs that the operator makes: the first member of staff, by a link that works once."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.ledger.versions import Version
from kept.operations.setting_up import ids
from kept.testing import ENTITY, PASSWORD


@pytest.fixture
def newcomer(policy: Version) -> User:
    return ids.hire(email="dana@example.com", name="Dana Peeters", role="controller", entity=ENTITY)


def choose_password(link: str) -> int:
    """The status of the last page; 302 when the password was taken."""
    client = Client()
    answer = client.get(urlsplit(link).path, follow=True)
    if answer.status_code != 200:
        return answer.status_code
    return client.post(answer.redirect_chain[-1][0], {"password1": PASSWORD}).status_code


def test_the_link_lets_them_choose_a_password(newcomer: User) -> None:
    assert not newcomer.has_usable_password()
    assert choose_password(ids.one_time_link(newcomer)) == 302
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)
    post = newcomer.post()
    assert post is not None and post.role == "controller"


def test_the_link_works_once(newcomer: User) -> None:
    link = ids.one_time_link(newcomer)
    assert choose_password(link) == 302
    assert choose_password(link) == 410


def test_a_link_that_was_changed_opens_nothing(newcomer: User) -> None:
    link = ids.one_time_link(newcomer)
    assert choose_password(link[:-3] + "x/") == 410


@pytest.mark.parametrize(
    ("role", "entity", "said"), [("emperor", ENTITY, "no role"), ("support", "elsewhere", "no company")]
)
def test_a_post_that_the_policy_does_not_know_is_refused(
    policy: Version, role: str, entity: str, said: str
) -> None:
    with pytest.raises(ids.HiringError, match=said):
        ids.hire(email="dana@example.com", name="Dana Peeters", role=role, entity=entity)
    assert not User.objects.exists()


def test_an_address_is_employed_once(newcomer: User) -> None:
    with pytest.raises(ids.HiringError, match="already"):
        ids.hire(email="Dana@Example.com", name="Dana Peeters", role="support", entity=ENTITY)
