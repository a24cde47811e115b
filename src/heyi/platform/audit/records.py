"""Writing audit records: one statement for a whole request or batch."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from heyi.platform.access import Actor
from heyi.platform.audit import origin
from heyi.platform.rows import columns, fetch


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done to one thing.

    Args:
        action: "edit", "create", "sign_in_failed", "export"; shown by message `audit.action.<it>`.
        subject_type: "sales.delivery", "identity.user".
        changes: Field -> (before, after). Leave passwords, keys and their hashes out.
        company: Where it differs from the actor's.
    """

    action: str
    subject_type: str
    subject_id: int
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    reason: str = ""
    company: int | None = None


def record(entries: Iterable[Entry], *, actor: Actor) -> None:
    """Write entries in the current transaction: they stand if it commits, and only then."""
    ip, trace = origin.ip(), origin.trace()
    rows = [
        (
            actor.company if e.company is None else e.company,
            actor.id,
            actor.name,
            ip,
            e.action,
            e.subject_type,
            e.subject_id,
            json.dumps(e.changes, cls=DjangoJSONEncoder, ensure_ascii=False),
            e.reason,
            trace,
        )
        for e in entries
    ]
    if rows:
        fetch(_INSERT, columns(rows))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, as `Entry.changes` wants them."""
    return {
        name: (before.get(name), value)
        for name, value in after.items()
        if before.get(name) != value
    }


_INSERT = """
    WITH written AS (
        INSERT INTO audit_record (company_id, actor_id, actor, ip, action, subject_type,
                                  subject_id, changes, reason, trace)
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[],
                             %s::text[], %s::bigint[], %s::jsonb[], %s::text[], %s::text[])
        RETURNING id
    )
    INSERT INTO audit_unsealed (record_id) SELECT id FROM written
"""
