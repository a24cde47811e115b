"""The same request twice does its work once.

The claim of the key is the first statement of the transaction and the answer is kept with it:
a second copy waits for the first, then gives its answer. A refusal rolls the claim back, so the
same key may be tried again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from heyi.kernel.errors import BusinessError, Remedy
from heyi.platform.rows import fetch
from heyi.platform.transactions import finish, unit_of_work

_LONGEST_KEY = 80


@dataclass(eq=False)
class KeyReused(BusinessError):
    """The key came before with a different request."""

    code = "platform.idempotency_key_reused"
    kind = "conflict"
    remedy = Remedy("platform.remedy.new_key")
    key: str


@dataclass(eq=False)
class KeyMissing(BusinessError):
    """A write without a key could be done twice by a network that repeats it."""

    code = "platform.idempotency_key_missing"
    remedy = Remedy("platform.remedy.send_key")


def once(company: int, key: str, body: Any, work: Callable[[], Any]) -> Any:
    """Do `work` in one transaction unless this key was used; then return what it returned.

    Args:
        body: What was asked for; bytes, or anything JSON-able.
        work: Returns something JSON-able. May run again after a deadlock.

    Cost: two statements for new work.

    Raises:
        KeyReused: The key came before with a different body.
    """
    raw = body if isinstance(body, bytes) else packed(body, sort=True)
    digest = sha256(raw).digest()

    def claimed() -> Any:
        rows = fetch(
            """
            INSERT INTO platform_idempotentrequest (company_id, key, digest) VALUES (%s, %s, %s)
            ON CONFLICT DO NOTHING RETURNING 1
            """,
            [company, key, digest],
        )
        if not rows:
            return _replay(company, key, digest)
        result = work()
        finish()
        fetch(
            "UPDATE platform_idempotentrequest SET result = %s WHERE company_id = %s AND key = %s",
            [packed(result).decode(), company, key],
        )
        return result

    return unit_of_work(claimed)


def _replay(company: int, key: str, digest: bytes) -> Any:
    [(before, result)] = fetch(
        "SELECT digest, result FROM platform_idempotentrequest WHERE company_id = %s AND key = %s",
        [company, key],
    )
    if bytes(before) != digest:
        raise KeyReused(key)
    return orjson.loads(result) if isinstance(result, (str, bytes)) else result


def write(request: HttpRequest, work: Callable[[], tuple[int, Any]]) -> HttpResponse:
    """The answer to a write: one transaction, once per `Idempotency-Key`.

    Args:
        work: Returns the HTTP status and the body.

    Raises:
        KeyMissing: The request has none.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        raise KeyMissing
    actor = request.actor  # type: ignore[attr-defined]
    asked = f"{actor.id} {request.method} {request.get_full_path()}\n".encode() + request.body
    status, body = once(actor.company, key, asked, work)
    return answer(status, body)


def answer(status: int, body: Any) -> HttpResponse:
    """JSON with decimals as text."""
    return HttpResponse(packed(body), status=status, content_type="application/json")


def packed(body: Any, *, sort: bool = False) -> bytes:
    """JSON as every answer has it: decimals as text, sets as lists."""
    option = orjson.OPT_NON_STR_KEYS | (orjson.OPT_SORT_KEYS if sort else 0)
    try:
        return orjson.dumps(body, default=_packed, option=option)
    except TypeError:  # a refusal may speak of a number or a text no column could hold
        return orjson.dumps(_sayable(body), default=_packed, option=option)


def _sayable(body: Any) -> Any:
    match body:
        case dict():
            return {_sayable(name): _sayable(value) for name, value in body.items()}
        case list() | tuple():
            return [_sayable(value) for value in body]
        case int() if not -(2**63) <= body < 2**63:
            return str(body)
        case str():
            return body.encode("utf-8", "replace").decode()
    return body


def _packed(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "model_dump"):
        return value.model_dump()
    return str(value)
