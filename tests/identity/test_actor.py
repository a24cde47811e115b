"""From a request to its actor: session, token, company, cost."""

import pytest
from django.test import RequestFactory
from django.utils import timezone

from heyi.platform.access import MEMBER, NotFound, NotSignedIn
from heyi.platform.identity import api as identity
from heyi.platform.identity.actors import digest
from heyi.platform.identity.models import ApiToken, Position, Session
from heyi.platform.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def another_administrator(wu, hy):
    """Li may be dismissed."""
    identity.grant(wu, hy, ["system.administrator"])


def asking(user=None, **headers):
    """A request as the session middleware hands it on, from somebody signed in or not."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.middleware import SessionMiddleware

    request = RequestFactory().get("/api/menu", headers=headers)
    SessionMiddleware(lambda r: None).process_request(request)
    if user:
        request.session[SESSION_KEY] = str(user.pk)
        request.session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        request.session.save()
    return request


def asking_again(request):
    """The next request of the same browser."""
    del request._heyi_presence
    return request


def test_an_actor_costs_one_statement(li, hy, django_assert_num_queries):
    request = asking(li)
    with django_assert_num_queries(1):
        actor = identity.actor_of(request)
        identity.actor_of(request)
    assert (actor.id, actor.name, actor.company) == (li.pk, "li", hy.pk)
    assert actor.roles == {"system.administrator", MEMBER}
    assert actor.reach == {"warehouse": frozenset({3, 4})}
    assert actor.companies == {hy.pk}
    assert actor.language == "en"


def test_a_stale_sight_costs_one_more(li, django_assert_num_queries):
    request = asking(li)
    long_ago = timezone.now() - timezone.timedelta(minutes=6)
    Session.objects.update(seen_at=long_ago)
    with django_assert_num_queries(2):
        identity.actor_of(request)
    assert Session.objects.get().seen_at > long_ago


def test_nobody(db):
    with pytest.raises(NotSignedIn):
        identity.actor_of(asking())


def test_roles_of_positions_join(li, hy, tw):
    here = Position.objects.create(company=hy, code="P1", name="Buyer", roles=["purchase.buyer"])
    away = Position.objects.create(company=tw, code="P2", name="Clerk", roles=["sales.clerk"])
    off = Position.objects.create(company=hy, code="P3", name="X", roles=["a.b"], active=False)
    identity.grant(li, hy, ["audit.auditor"], positions=[here.pk, off.pk])
    li.seats.update(positions=[here.pk, away.pk, off.pk])  # as if `away` had moved since
    assert identity.actor_of(asking(li)).roles == {"audit.auditor", "purchase.buyer", MEMBER}


def test_the_company_asked_for(li, hy, tw):
    with pytest.raises(NotFound):
        identity.actor_of(asking(li, **{"Heyi-Company": str(tw.pk)}))
    with pytest.raises(NotFound):
        identity.actor_of(asking(li, **{"Heyi-Company": "1 OR 1=1"}))
    identity.grant(li, tw, ["audit.auditor"])
    actor = identity.actor_of(asking(li, **{"Heyi-Company": str(tw.pk)}))
    assert (actor.company, actor.companies) == (tw.pk, {hy.pk, tw.pk})
    assert actor.roles == {"audit.auditor", MEMBER}
    assert identity.actor_of(asking(li)).company == hy.pk


def test_a_closed_company_has_no_seats(li, hy):
    Company.objects.update(active=False)
    with pytest.raises(NotFound):
        identity.actor_of(asking(li))


def test_a_session_moves_on_while_used_but_not_for_ever(li, settings):
    request = asking(li)
    now = timezone.now()
    began = now - timezone.timedelta(seconds=settings.SESSION_COOKIE_AGE - 3600)
    long_ago = now - timezone.timedelta(minutes=6)
    Session.objects.update(seen_at=long_ago, expire_date=now + timezone.timedelta(minutes=1))
    identity.actor_of(request)
    moved = Session.objects.get().expire_date - now
    assert abs(moved.total_seconds() - settings.HEYI_SESSION_IDLE_SECONDS) < 60
    Session.objects.update(seen_at=long_ago, signed_in_at=began)
    identity.actor_of(asking_again(request))
    left = Session.objects.get().expire_date - now
    assert abs(left.total_seconds() - 3600) < 60, "a week after signing in it is over"


@pytest.mark.parametrize("_case", ["password", "switched off", "too old", "idle", "ended"])
def test_a_session_ends_with(_case, li):
    request = asking(li)
    then = timezone.now() - timezone.timedelta(seconds=1)
    if _case == "password":
        li.set_password("another-stone-42")
        li.save()
    elif _case == "switched off":
        identity.switch_off(li)
    elif _case in ("too old", "idle"):
        Session.objects.update(expire_date=then)
    else:
        Session.objects.all().delete()
    with pytest.raises(NotSignedIn):
        identity.actor_of(request)


def make_token(user, company, **more):
    secret = "heyi_" + "s" * 43
    ApiToken.objects.create(
        user=user,
        company=company,
        name="scale-3",
        digest=digest(secret),
        hint=secret[:9],
        scopes=["sales.delivery:read"],
        created_at=timezone.now(),
        **more,
    )
    return asking(Authorization=f"Bearer {secret}")


def test_a_token_acts_for_its_person_in_its_company(li, hy, tw, django_assert_num_queries):
    identity.grant(li, tw, ["audit.auditor"])
    request = make_token(li, hy, used_at=timezone.now())
    with django_assert_num_queries(1):
        actor = identity.actor_of(request)
    assert (actor.id, actor.name, actor.company) == (li.pk, "token:scale-3", hy.pk)
    assert actor.scopes == {"sales.delivery:read"}
    assert actor.companies == {hy.pk}


@pytest.mark.parametrize("_case", ["revoked", "expired", "switched off", "no seat", "wrong"])
def test_a_token_ends_with(_case, li, hy):
    past = timezone.now() - timezone.timedelta(seconds=1)
    request = make_token(
        li, hy,
        revoked_at=past if _case == "revoked" else None,
        expires_at=past if _case == "expired" else None,
    )  # fmt: skip
    if _case == "switched off":
        identity.switch_off(li)
    if _case == "no seat":
        li.seats.all().delete()
    if _case == "wrong":
        request = asking(Authorization="Bearer heyi_" + "t" * 43)
    with pytest.raises(NotFound if _case == "no seat" else NotSignedIn):
        identity.actor_of(request)
