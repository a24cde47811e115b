"""Endpoints of those who administer people and rights in a company."""

from datetime import datetime
from typing import Annotated, Any, Literal

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from heyi.platform import companies
from heyi.platform.access import Actor, NotFound
from heyi.platform.identity import mail, users
from heyi.platform.identity.access import ADMINISTRATOR, EXPLANATION, USER
from heyi.platform.identity.errors import BeyondOwnCompanies
from heyi.platform.identity.explain import explain
from heyi.platform.identity.holders import actors
from heyi.platform.identity.http import CompanyOut, Id, company_out
from heyi.platform.identity.models import Membership, User
from heyi.platform.messages import resolve
from heyi.platform.models import Company
from heyi.platform.transactions import unit_of_work

router = Router(tags=["people and rights"])
ReachName = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]


class RightsIn(Schema):
    """What a person may do in this company, in place of what they might do before."""

    roles: list[str] = Field([], max_length=200)
    positions: list[Id] = Field([], max_length=200)
    reach: dict[ReachName, list[Id]] = {}


class PersonIn(Schema):
    name: str = Field(min_length=1, max_length=100)
    email: str = Field("", max_length=254)
    language: Literal["zh_hant", "zh_hans", "en"] = "zh_hans"


class NewPersonIn(PersonIn, RightsIn):
    """Without a password, the person gets a mail to choose one."""

    login: str
    password: str | None = None


class PasswordIn(Schema):
    password: str


class PersonOut(Schema):
    """Somebody with a seat in this company."""

    id: int
    login: str
    name: str
    email: str
    language: str
    active: bool
    roles: list[str]
    positions: list[int]
    reach: dict[str, list[int]]
    last_login: datetime | None
    second_factor: bool


class ReasonOut(Schema):
    code: str
    holds: bool
    params: dict[str, Any]
    message: str


class ExplanationOut(Schema):
    """All rules that speak for or against, each naming where it comes from."""

    allowed: bool
    reasons: list[ReasonOut]


@router.get("/users", response=list[PersonOut])
def read_people(request: HttpRequest) -> list[PersonOut]:
    """Everybody with a seat in this company."""
    actor = _administrator(request, "read")
    return [_person(seat) for seat in _seats(actor)]


@router.get("/users/roles", response=list[str])
def read_roles(request: HttpRequest) -> list[str]:
    """Every role that can be given; words under `role.<role>`."""
    _administrator(request, "read")
    return users.all_roles()


@router.post("/users", response={201: PersonOut})
def create_person(request: HttpRequest, body: NewPersonIn) -> Status:
    """A new person with a seat in this company."""
    actor = _administrator(request, "edit")

    def work() -> User:
        user = users.create_user(
            body.login, body.name, password=body.password, email=body.email,
            language=body.language, actor=actor,
        )  # fmt: skip
        _grant(user, body, actor)
        if body.password is None and user.email:
            mail.want(user.pk, "invitation")
        return user

    return Status(201, _one(actor, unit_of_work(work).pk))


@router.put("/users/{int:person}", response=PersonOut)
def change_person(request: HttpRequest, person: Id, body: PersonIn) -> PersonOut:
    """Correct a person's name, e-mail or language."""
    actor, user = _whole_person(request, person)
    unit_of_work(lambda: users.change(user, actor=actor, **body.dict()))
    return _one(actor, user.pk)


@router.put("/users/{int:person}/rights", response=PersonOut)
def change_rights(request: HttpRequest, person: Id, body: RightsIn) -> PersonOut:
    """Give somebody, already in this company or in another one the administrator has, other rights."""
    actor = _administrator(request, "edit")
    user = _known(actor, person)
    unit_of_work(lambda: _grant(user, body, actor))
    return _one(actor, person)


@router.delete("/users/{int:person}/rights", response={204: None})
def take_rights_away(request: HttpRequest, person: Id) -> Status:
    """The person no longer works in this company."""
    actor = _administrator(request, "edit")
    user = _known(actor, person)
    unit_of_work(lambda: users.revoke(user, _company(actor), actor=actor))
    return Status(204, None)


@router.put("/users/{int:person}/password", response={204: None})
def give_password(request: HttpRequest, person: Id, body: PasswordIn) -> Status:
    """Give somebody a new password. They are signed out everywhere."""
    actor, user = _whole_person(request, person)
    unit_of_work(lambda: users.set_password(user, body.password, actor=actor))
    return Status(204, None)


@router.delete("/users/{int:person}/second-factor", response={204: None})
def drop_second_factor(request: HttpRequest, person: Id) -> Status:
    """For somebody who lost phone and recovery codes. They are told by mail."""
    actor, user = _whole_person(request, person)
    unit_of_work(lambda: users.drop_second_factor(user, actor=actor))
    return Status(204, None)


@router.delete("/users/{int:person}/sessions", response={204: None})
def sign_out_person(request: HttpRequest, person: Id) -> Status:
    """Sign somebody out everywhere, now."""
    actor = _administrator(request, "edit")
    user = _known(actor, person)
    unit_of_work(lambda: users.sign_out(user, actor=actor))
    return Status(204, None)


@router.delete("/users/{int:person}/lock", response={204: None})
def unlock_person(request: HttpRequest, person: Id) -> Status:
    """Let somebody try again at once who mistyped their password too often."""
    actor = _administrator(request, "edit")
    user = _known(actor, person)
    unit_of_work(lambda: users.unlock(user, actor=actor))
    return Status(204, None)


@router.post("/users/{int:person}/off", response={204: None})
def switch_person_off(request: HttpRequest, person: Id) -> Status:
    """The person has left."""
    actor, user = _whole_person(request, person)
    unit_of_work(lambda: users.switch_off(user, actor=actor))
    return Status(204, None)


@router.post("/users/{int:person}/on", response={204: None})
def switch_person_on(request: HttpRequest, person: Id) -> Status:
    """The person is back."""
    actor, user = _whole_person(request, person)
    unit_of_work(lambda: users.switch_on(user, actor=actor))
    return Status(204, None)


class CompanyIn(Schema):
    """A new set of books. `chart` is the chart of accounts it starts with."""

    code: str = Field(max_length=32)
    name: str = Field(max_length=200)
    currency: str = Field("CNY", max_length=3)
    decimals: int = 2
    timezone: str = Field("Asia/Shanghai", max_length=64)
    language: Literal["zh_hant", "zh_hans", "en"] = "zh_hans"
    chart: Literal["asbe", "sme"] | None = None


@router.post("/companies", response={201: CompanyOut})
def create_company(request: HttpRequest, body: CompanyIn) -> Status:
    """Set up a further company. Who does it becomes its administrator."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    companies.COMPANY.require(actor, "create")

    def work() -> Company:
        company = companies.create(**body.dict(), actor=actor)
        users.grant(User.objects.get(pk=actor.id), company, [ADMINISTRATOR], actor=actor)
        return company

    return Status(201, company_out(unit_of_work(work)))


@router.get("/access/explain", response=ExplanationOut)
def explain_access(
    request: HttpRequest, type: str, verb: str, id: Id | None = None, person: Id | None = None
) -> ExplanationOut:
    """Why oneself, or for an administrator somebody else, can or cannot do something."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    who = actor
    if person is not None and person != actor.id:
        EXPLANATION.require(actor, "read")
        who = _in_company(actor, person)
    found = explain(who, type, verb, id, asked_by=actor)
    return ExplanationOut(
        allowed=found.allowed,
        reasons=[
            ReasonOut(
                code=r.code,
                holds=r.holds,
                params=r.params,
                message=resolve(r.code, r.params, actor.language),
            )
            for r in found.reasons
        ],
    )


def _administrator(request: HttpRequest, verb: str) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    USER.require(actor, verb)
    return actor


def _administered(actor: Actor) -> set[int]:
    """The companies whose people the actor administers; with a token only the token's."""
    if actor.scopes is not None:
        return {actor.company}
    rows = Membership.objects.filter(user=actor.id, roles__contains=[ADMINISTRATOR])
    return {actor.company, *rows.values_list("company", flat=True)}


def _known(actor: Actor, person: Id) -> User:
    """A person the administrator may know of: with a seat in a company of theirs."""
    mine = Membership.objects.filter(user=OuterRef("pk"), company__in=_administered(actor))
    user = User.objects.filter(Exists(mine), pk=person).first()
    if user is None:
        raise NotFound("identity.user", [person])
    return user


def _whole_person(request: HttpRequest, person: Id) -> tuple[Actor, User]:
    """For what concerns the person in all their companies: the administrator must have them all.

    Raises:
        BeyondOwnCompanies: The person also works elsewhere, and would be taken over there.
    """
    actor = _administrator(request, "edit")
    user = _known(actor, person)
    elsewhere = Membership.objects.filter(user=user).exclude(company__in=_administered(actor))
    if elsewhere.exists():
        raise BeyondOwnCompanies(user.login)
    return actor, user


def _company(actor: Actor) -> Company:
    return Company.objects.get(pk=actor.company)


def _grant(user: User, rights: RightsIn, actor: Actor) -> None:
    users.grant(
        user, _company(actor), rights.roles, positions=rights.positions, reach=rights.reach,
        actor=actor,
    )  # fmt: skip


def _seats(actor: Actor) -> QuerySet[Membership]:
    second = Exists(Authenticator.objects.filter(user=OuterRef("user"), type="totp"))
    rows = Membership.objects.filter(company=actor.company).select_related("user")
    return rows.annotate(second_factor=second).order_by("user__login")


def _one(actor: Actor, person: Id) -> PersonOut:
    return _person(_seats(actor).get(user=person))


def _person(seat: Membership) -> PersonOut:
    user = seat.user
    return PersonOut(
        id=user.pk, login=user.login, name=user.name, email=user.email, language=user.language,
        active=user.active, roles=seat.roles, positions=seat.positions, reach=seat.reach,
        last_login=user.last_login, second_factor=seat.second_factor,  # type: ignore[attr-defined]
    )  # fmt: skip


def _in_company(actor: Actor, person: Id) -> Actor:
    """Somebody else, as they are in the company of the one who asks about them."""
    found = actors(actor.company, [person])
    if person not in found:
        raise NotFound("identity.user", [person])
    return found[person]
