"""People, their seats in companies, positions, sessions, tokens."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from heyi.platform.clock import DatabaseNow
from heyi.platform.models import Company, Master, link

LANGUAGES = ("zh_hant", "zh_hans", "en")


class User(AbstractBaseUser):
    """A person who can sign in, by login name or by e-mail; both are kept in lower case.

    What they may do is said by their seats, one per company. People leave by
    being switched off: the log goes on naming them.
    """

    login = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True, default="")
    language = models.CharField(
        max_length=8, default="zh_hans", choices=[(code, code) for code in LANGUAGES]
    )
    active = models.BooleanField(default=True)
    last_company = link("platform.Company", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=DatabaseNow(), editable=False)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    objects: ClassVar[BaseUserManager] = BaseUserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="user_email"),
            models.CheckConstraint(
                condition=Q(login=Lower(F("login")), email=Lower(F("email"))), name="user_lower"
            ),
            # A login is never mistaken for an e-mail address, a token or a policy.
            models.CheckConstraint(condition=~Q(login__regex=r"[@:\s]"), name="user_login_plain"),
        ]

    @property
    def is_active(self) -> bool:
        return self.active

    @is_active.setter
    def is_active(self, value: bool) -> None:
        self.active = value

    def __str__(self) -> str:
        return self.login


class Position(Master):
    """What a job in the company may do: a bundle of roles given and changed together."""

    roles = ArrayField(models.CharField(max_length=64), default=list)

    class Meta(Master.Meta):
        constraints = [
            *Master.Meta.constraints,
            models.CheckConstraint(condition=Q(company__isnull=False), name="position_company"),
        ]


class Membership(models.Model):
    """A person's seat in a company: their roles there, and how far these reach.

    `reach` narrows roles to places and departments: {"warehouse": [3, 4]}.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seats")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    roles = ArrayField(models.CharField(max_length=64), default=list)
    positions = ArrayField(models.BigIntegerField(), default=list, help_text="Ids of positions.")
    reach = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "company"], name="one_seat")]


class Session(AbstractBaseSession):
    """Where somebody is signed in. `expire_date` moves on as they work."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", null=True)
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True, default="")
    signed_in_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A key a program signs in with, for one person in one company, narrowed to scopes.

    Only its digest is kept. `scopes` are "type:verb" ("sales.delivery:read").
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=12, help_text="Its first characters, to recognise it by.")
    scopes = ArrayField(models.CharField(max_length=96))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="token_of")]


class Attempt(models.Model):
    """How often somebody tried a secret lately. Gone when they succeed or time has passed."""

    key = models.CharField(max_length=120, primary_key=True)
    tries = models.PositiveIntegerField()
    until = models.DateTimeField()
