"""The same request twice does its work once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import transaction

from heyi.kernel.errors import BusinessError
from heyi.platform.rows import fetch


@dataclass(eq=False)
class KeyReused(BusinessError):
    code = "platform.idempotency_key_reused"
    kind = "conflict"
    key: str


def once(company: int, key: str, body: Any, work: Callable[[], Any]) -> Any:
    """Do `work` in one transaction unless this key was used; then return what it returned.

    A second request with the same key waits for the first to commit, so two
    copies of one click cannot both work. Cost: two statements for new work.

    Raises:
        KeyReused: The key came before with a different body.
    """
    digest = sha256(json.dumps(body, sort_keys=True, default=str).encode()).digest()
    with transaction.atomic():
        claimed = fetch(
            """
            INSERT INTO platform_idempotentrequest (company_id, key, digest) VALUES (%s, %s, %s)
            ON CONFLICT DO NOTHING RETURNING 1
            """,
            [company, key, digest],
        )
        if not claimed:
            return _replay(company, key, digest)
        result = work()
        fetch(
            "UPDATE platform_idempotentrequest SET result = %s WHERE company_id = %s AND key = %s",
            [json.dumps(result), company, key],
        )
        return result


def _replay(company: int, key: str, digest: bytes) -> Any:
    [(before, result)] = fetch(
        "SELECT digest, result FROM platform_idempotentrequest WHERE company_id = %s AND key = %s",
        [company, key],
    )
    if bytes(before) != digest:
        raise KeyReused(key)
    return json.loads(result) if isinstance(result, str) else result
