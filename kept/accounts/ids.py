"""Who may sign in: the ID of a customer, the post of a staff member, and what a person can see of their own
sign-ins.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from kept.people.mailboxes import canonical
from kept.people.models import Person

# NIST SP 800-63B-4: the length of a password that stands alone, and of one that has a second factor beside
# it.
ALONE, BESIDE_A_FACTOR, LONGEST = 15, 8, 256


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=canonical(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        typed = username or ""
        # An ID made before hosts had one spelling is kept as it was typed then.
        return self.get(email__in={canonical(typed), typed.strip().lower()})


class User(AbstractBaseUser):
    """The ID.

    Its e-mail is the one personal value that lies in the clear: sign-in must find it before any key is at
    hand.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    person = models.OneToOneField(Person, null=True, on_delete=models.SET_NULL, related_name="account")
    password_is_short = models.BooleanField(default=False)
    # A sign-up that is never confirmed counts as closed from here on.
    begun_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Codes and links of before this moment are worth nothing: see capabilities.
    voided_at = models.DateTimeField(null=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def set_password(self, raw_password: str | None) -> None:
        """NFKC first, so that the same password typed on two keyboards is the same (NIST SP 800-63B-4,
        3.1.1.2).
        """
        super().set_password(raw_password and unicodedata.normalize("NFKC", raw_password))
        self.password_is_short = raw_password is not None and len(raw_password) < ALONE

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(raw_password and unicodedata.normalize("NFKC", raw_password))

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.closed_at is None

    @property
    def last_login(self) -> datetime | None:  # type: ignore[override]
        """No column: when somebody signs in stands in their own sealed log.

        The library only asks whether the ID was ever confirmed.
        """
        return self.confirmed_at

    @property
    def subject(self) -> UUID:
        """The data subject behind this ID: the person, or the ID itself before there is one."""
        found: UUID = self.person_id or self.id
        return found

    def confirm(self) -> None:
        """The address is theirs: they typed the code that was sent there."""
        if self.confirmed_at is None:
            self.confirmed_at = timezone.now()
            self.save(update_fields=["confirmed_at"])

    def post(self) -> StaffMember | None:
        """The post this person holds at the desk today, if any."""
        return self.posts.filter(StaffMember.today()).first()

    def employ(
        self, *, role: str, entity: str, since: datetime | None = None, by: int | None = None
    ) -> StaffMember:
        """Give this ID a post at the desk. An earlier post ends the moment the new one begins.

        ``by``: the number of the post in which somebody gives it; None for the operator.
        """
        since = since or timezone.now()
        self.posts.filter(until=None).update(until=since, ended_by=by)
        return self.posts.create(role=role, entity=entity, since=since, begun_by=by)


class StaffMemberManager(models.Manager["StaffMember"]):
    def working(self) -> models.QuerySet[StaffMember]:
        """Posts held today, by somebody whose ID is not closed."""
        return self.filter(StaffMember.today(), user__closed_at=None)


class StaffMember(models.Model):
    """A post at the desk: who, in which role of the policy, for which company of the group, from when until
    when.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=40)
    entity = models.CharField(max_length=60)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    # The post in which somebody gave it, or ended it, by number alone: it may be gone before this one is.
    # None: the operator.
    begun_by = models.BigIntegerField(null=True)
    ended_by = models.BigIntegerField(null=True)
    # Since when no key of the desk fires for them.
    keys_off = models.DateTimeField(null=True)

    objects: ClassVar[StaffMemberManager] = StaffMemberManager()

    @staticmethod
    def today() -> Q:
        now = timezone.now()
        return Q(since__lte=now) & (Q(until=None) | Q(until__gt=now))

    def leave(self, at: datetime | None = None, *, by: int | None = None) -> None:
        """It ends now, or ``at``. ``by``: the number of the post in which somebody ends it."""
        self.until, self.ended_by = at or timezone.now(), by
        self.save(update_fields=["until", "ended_by"])


class Tally(models.Model):
    """How often somebody did something lately: a keyed hash of who and what, and the times. See limits."""

    mark = models.CharField(max_length=32, primary_key=True)
    times = models.JSONField(default=list)
    until = models.DateTimeField(db_index=True)


class Session(models.Model):
    """A signed-in browser, or one on its way there.

    ``data`` is sealed; ``mark`` is a keyed hash, so a stolen row opens nothing.
    """

    mark = models.CharField(max_length=32, primary_key=True)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    # Whom a browser that is not signed in waits to become: a code was mailed, or the second factor is
    # missing.
    about = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="pending")
    data = models.BinaryField()
    expires = models.DateTimeField(db_index=True)
