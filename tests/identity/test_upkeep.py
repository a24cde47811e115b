"""What the worker does by the clock, and what administrators do about locks."""

from datetime import timedelta

import pytest

from heyi.platform import clock
from heyi.platform.audit import api as audit
from heyi.platform.audit.models import AuditRecord, Unsealed
from heyi.platform.identity import mail, upkeep
from heyi.platform.identity.models import Attempt, Session
from heyi.platform.jobs.api import Run
from heyi.platform.rows import fetch
from tests.identity.conftest import Browser, codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(db):
    [(id_,)] = fetch(
        "INSERT INTO jobs_jobrun (name, actor_id, actor, language, args, state, done, cancel, error, trace)"
        " VALUES ('test', 0, 'system', 'en', '{}', 'running', 0, false, '', '') RETURNING id"
    )
    return Run(id_, None, 0, "system", "en")


def test_sweeping_leaves_what_is_still_good(run, li):
    Browser().sign_in()
    Browser().sign_in(password="wrong")
    old = Browser()
    old.sign_in()
    past = clock.world() - timedelta(seconds=1)
    Session.objects.filter(pk=old.session.session_key).update(expire_date=past)
    Attempt.objects.create(key="ip:gone", tries=3, until=past)
    fetch("INSERT INTO identity_cache VALUES ('gone', 'x', %s)", [past])
    upkeep.sweep.function(run)
    assert Session.objects.filter(user=li).count() == 1
    assert not Attempt.objects.filter(key="ip:gone").exists()
    assert Attempt.objects.filter(key__startswith="ip:").exists()
    assert fetch("SELECT 1 FROM identity_cache WHERE cache_key = 'gone'") == []


def test_sealing_goes_on_until_nothing_waits(run, li, monkeypatch):
    monkeypatch.setattr(upkeep, "_PIECE", 2)
    for _ in range(5):
        Browser().sign_in()
    count = AuditRecord.objects.count()
    assert upkeep.seal.function(run) == {"sealed": count}
    assert not Unsealed.objects.exists()
    assert audit.verify().checked == count


def test_who_has_no_address_gets_no_mail(wu, post):
    mail.want(wu.pk, "password_changed")
    assert post.letters() == []


def test_unlocking(li, wu):
    desk = Browser()
    desk.sign_in()
    for n in range(6):
        Browser().sign_in("wu", f"wrong-{n}")
    assert codes(Browser().sign_in("wu")) == ["too_many_login_attempts"]
    assert desk.ask("DELETE", f"/api/users/{wu.pk}/lock").status_code == 204
    assert Browser().sign_in("wu").status_code == 200
    assert AuditRecord.objects.filter(action="unlock", actor="li", subject_id=wu.pk).exists()


def test_every_action_of_the_audit_has_words():
    from pathlib import Path
    from re import findall

    import heyi
    from heyi.platform.messages import catalogue

    source = "\n".join(
        file.read_text(encoding="utf-8") for file in Path(heyi.__file__).parent.rglob("*.py")
    )
    used = set(findall(r'Entry\(\s*"([a-z_]+)"', source))
    used |= set(findall(r'_note\(\s*"([a-z_]+)"', source))
    assert len(used) > 15
    assert {action for action in used if f"audit.action.{action}" not in catalogue()} == set()
