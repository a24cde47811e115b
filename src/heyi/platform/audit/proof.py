"""What `heyi check` proves of the audit."""

from heyi.platform.audit import chain
from heyi.platform.proofs import Proof, Result
from heyi.platform.rows import fetch


def unbroken(company: int | None, since: int | None) -> Result:
    """No sealed record was changed, removed or smuggled in. One chain runs through all companies."""
    verdict = chain.verify(since)
    if verdict.broken is None:
        return Result(verdict.checked)
    rows = fetch(
        "SELECT company_id, actor, action, subject_type, subject_id, at FROM audit_record "
        "WHERE id = %s",
        [verdict.broken],
    )
    names = ("company", "actor", "action", "subject_type", "subject_id", "at")
    found = dict(zip(names, map(str, rows[0]), strict=True)) if rows else {"what": "removed"}
    return Result(verdict.checked, {"record": verdict.broken, **found})


PROOFS = (Proof("audit.chain", unbroken, chain.length),)
