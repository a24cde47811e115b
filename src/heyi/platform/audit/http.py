"""Reading what was done."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from heyi.platform.audit import chain
from heyi.platform.audit.access import RECORD
from heyi.platform.audit.models import AuditRecord

router = Router(tags=["audit"])
LARGEST_PAGE = 200
Id = Annotated[int, Field(ge=0, le=2**63 - 1)]
Word = Annotated[str, Field(pattern=r"^[a-z_.]{0,64}$")]


class AuditRecordOut(Schema):
    """Words for `action` under `audit.action.<action>`; `changes` is {field: [before, after]}."""

    id: int
    at: datetime
    actor: str
    actor_id: int
    ip: str
    action: str
    subject_type: str
    subject_id: int
    changes: dict[str, Any]
    reason: str
    trace: str


class AuditPageOut(Schema):
    """`next` is what to ask `after` for the following page; null at the end."""

    rows: list[AuditRecordOut]
    next: int | None


class HeadOut(Schema):
    """The last link of the chain of records: note it elsewhere, and a cut end will show."""

    position: int
    hash: str


@router.get("/head", response=HeadOut)
def read_head(request: HttpRequest) -> dict[str, Any]:
    """Where the chain of audit records ends now."""
    RECORD.require(request.actor, "read")  # type: ignore[attr-defined]
    position, digest = chain.head()
    return {"position": position, "hash": digest}


@router.get("", response=AuditPageOut)
def read_records(
    request: HttpRequest,
    subject_type: Word = "",
    subject_id: Id | None = None,
    actor_id: Id | None = None,
    action: Word = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: Id | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """What was done in this company, latest first."""
    actor = request.actor  # type: ignore[attr-defined]
    RECORD.require(actor, "read")
    asked = {
        "subject_type": subject_type, "subject_id": subject_id, "actor_id": actor_id,
        "action": action, "at__gte": since, "at__lt": until, "pk__lt": after,
    }  # fmt: skip
    narrowing = {name: value for name, value in asked.items() if value not in (None, "")}
    limit = max(1, min(limit, LARGEST_PAGE))
    rows = RECORD.visible(actor, AuditRecord.objects.filter(**narrowing)).order_by("-pk")
    page = list(rows[: limit + 1])
    return {"rows": page[:limit], "next": page[limit - 1].pk if len(page) > limit else None}
