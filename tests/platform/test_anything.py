"""Every endpoint there is, asked anything at all: an answer or a refusal, never a defect."""

import json
import random
import re
from functools import cache

import pytest
from django.db import transaction

from tests.platform.conftest import Firm

_ROLES = (
    "system.administrator", "finance.accountant", "inventory.keeper", "purchase.buyer",
    "purchase.manager", "sales.clerk", "sales.manager", "audit.auditor",
)  # fmt: skip
_TEXTS = (
    "", "x", "1", "-1", "0", "NaN", "1e400", "9" * 60, "=1+1", "2026-11-05", "2026-13-45", "a\nb",
    "a\x00b", "\ud800", "' OR 1=1 --", "%s {0}", "../../etc/passwd", "draft", "@me", "null", "é" * 300,
)  # fmt: skip
_NUMBERS = (0, 1, -1, 2, 2**31, 2**63, 10**40, 1.5, True, False, None)
_PATHS = {"screen": ("purchase.receipt", "party.party", "x"), "lookup": ("party.supplier", "x"),
          "language": ("en", "xx"), "verb": ("submit", "post", "x"), "form": ("purchase.receipt", "x")}  # fmt: skip


@cache
def schema():
    from heyi.platform.http import api

    return api.get_openapi_schema()


@cache
def operations():
    return {
        f"{verb.upper()} {path}": said
        for path, verbs in sorted(schema()["paths"].items())
        for verb, said in sorted(verbs.items())
    }


def anything(rnd, depth=2):
    roll = rnd.random()
    if depth and roll < 0.15:
        return [anything(rnd, depth - 1) for _ in range(rnd.randint(0, 3))]
    if depth and roll < 0.3:
        return {rnd.choice(_TEXTS): anything(rnd, depth - 1) for _ in range(rnd.randint(0, 3))}
    return rnd.choice(_TEXTS if roll < 0.7 else _NUMBERS)


def shaped(rnd, schema, known, depth=4):
    """Something like what the endpoint wants, with every part wrong now and then."""
    if rnd.random() < 0.2 or depth == 0:
        return anything(rnd)
    if "$ref" in schema:
        return shaped(rnd, known[schema["$ref"].rpartition("/")[2]], known, depth)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return shaped(rnd, rnd.choice(schema[several]), known, depth)
    match schema.get("type"):
        case "object":
            return {
                name: shaped(rnd, inner, known, depth - 1)
                for name, inner in schema.get("properties", {}).items()
                if rnd.random() < 0.9
            }
        case "array":
            inner = schema.get("items", {})
            return [shaped(rnd, inner, known, depth - 1) for _ in range(rnd.randint(0, 2))]
        case "integer":
            return rnd.choice((1, 0, -1, 2**63))
        case "boolean":
            return rnd.choice((True, False))
    return rnd.choice(schema.get("enum") or _TEXTS)


@pytest.fixture(scope="module")
def everyone(django_db_setup, django_db_blocker):
    """One firm for all questions; every question is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        firm = Firm("ANY")
        boss = firm.hire("boss", *_ROLES)
        boss.creates("purchase.receipt", firm.receipt(), [firm.line()])
        yield boss
        transaction.set_rollback(True)


@pytest.mark.parametrize("operation", operations())
def test_no_endpoint_breaks(operation, everyone, django_db_blocker):
    said = operations()[operation]
    verb, path = operation.split(" ")
    known = schema()["components"]["schemas"]
    rnd = random.Random(operation)
    bodies = said.get("requestBody", {}).get("content", {})
    with django_db_blocker.unblock():
        for _ in range(8):
            address = re.sub(r"{(\w+)}", lambda m: filled(rnd, m[1]), path).removeprefix("/api")
            query = {
                p["name"]: str(rnd.choice(_TEXTS + _NUMBERS)).encode("utf-8", "replace")
                for p in said.get("parameters", ())
                if p["in"] == "query" and rnd.random() < 0.5
            }
            body = None
            if "application/json" in bodies:
                body = json.dumps(shaped(rnd, bodies["application/json"]["schema"], known))
            status, content = asked(everyone, verb, address, query, body)
            assert status < 500, (operation, address, query, body, content[:500])
            if status >= 400 and content[:1] == b"{":
                assert json.loads(content)["refusals"], (operation, address, body)


def filled(rnd, name):
    from urllib.parse import quote

    options = _PATHS.get(name) or ("1", "2", "0", "9" * 30, "x")
    return quote(str(rnd.choice(options)), safe="")


def asked(person, verb, address, query, body):
    from urllib.parse import urlencode

    with transaction.atomic():
        reply = person.ask(verb, address + ("?" + urlencode(query) if query else ""), body)
        content = b"" if reply.streaming else reply.content
        transaction.set_rollback(True)
    return reply.status_code, content
