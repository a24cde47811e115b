"""All this works with the rights of the application, which owns nothing."""

from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

import heyi
from heyi.platform.audit import api as audit
from heyi.platform.audit.models import AuditRecord
from heyi.platform.identity import upkeep
from heyi.platform.rows import fetch
from tests.identity.conftest import Browser
from tests.identity.test_upkeep import run  # noqa: F401

pytestmark = pytest.mark.django_db
ROLES = Path(heyi.__file__).parent / "platform" / "roles.sql"


@pytest.fixture
def as_application(li, wu, run):  # noqa: F811
    with connection.cursor() as cursor:
        cursor.execute(ROLES.read_text(encoding="utf-8"))
    fetch("SET LOCAL ROLE heyi_app")
    yield
    fetch("RESET ROLE")


def test_a_working_day(as_application, li, wu, run, post):  # noqa: F811
    desk = Browser()
    assert desk.sign_in(password="wrong").status_code == 400
    assert desk.sign_in().status_code == 200
    assert desk.ask("GET", "/api/session").status_code == 200
    made = desk.ask("POST", "/api/tokens", {"name": "x", "scopes": ["identity.user:read"]}).json()
    assert desk.ask("DELETE", f"/api/tokens/{made['id']}").status_code == 204
    person = {"login": "neu", "name": "neu", "email": "neu@heyi.test"}
    neu = desk.ask("POST", "/api/users", person).json()["id"]
    assert desk.ask("DELETE", f"/api/users/{neu}/rights").status_code == 204
    desk.auth("POST", "auth/password/request", {"email": "li@heyi.test"})
    key = next(m for m in post.letters() if m["To"] == "li@heyi.test")
    key = key.get_content().split("/password/reset/")[1].split()[0]
    desk.auth("DELETE", "auth/session")
    desk.auth("POST", "auth/password/reset", {"key": key, "password": "another-stone-7"})
    assert desk.sign_in(password="another-stone-7").status_code == 200
    upkeep.sweep.function(run)
    assert upkeep.seal.function(run)["sealed"] == AuditRecord.objects.count()
    assert audit.verify().ok


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_record SET actor = 'wu'",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record",
        "UPDATE audit_seal SET hash = ''",
        "DELETE FROM audit_seal",
        "ALTER TABLE audit_record DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP FUNCTION audit_digest(audit_record)",
    ],
)
def test_what_the_application_cannot_do(sql, as_application):
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        fetch(sql)
