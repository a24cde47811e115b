"""No document waits without somebody to ask, and nobody is asked about one that does not wait."""

from heyi.platform.modules import document_model
from heyi.platform.proofs import Proof, Result
from heyi.platform.rows import fetch


def waiting(company: int | None, after: int | None) -> Result:
    """Running requests, their open tasks and the state of their documents agree."""
    running = fetch(
        """
        SELECT r.id, r.document_type, r.document_id, r.number,
               EXISTS (SELECT 1 FROM approvals_task t WHERE t.request_id = r.id AND t.state = 'open')
        FROM approvals_request r
        WHERE r.state = 'running' AND (%s::bigint IS NULL OR r.company_id = %s) ORDER BY r.id
        """,
        [company, company],
    )
    submitted: dict[str, set[int]] = {}
    for type_ in {row[1] for row in running}:
        rows = document_model(type_)._default_manager.filter(
            state="submitted", pk__in=[row[2] for row in running if row[1] == type_]
        )
        submitted[type_] = set(rows.values_list("pk", flat=True))
    for request, type_, id_, number, asked in running:
        bad = {"request": request, "document_type": type_, "document": id_, "number": number}
        if not asked:
            return Result(len(running), {**bad, "found": "nobody is asked"})
        if id_ not in submitted[type_]:
            return Result(len(running), {**bad, "found": "the document is not submitted"})
    stray = fetch(
        "SELECT t.id, r.document_type, r.document_id, r.number FROM approvals_task t"
        " JOIN approvals_request r ON r.id = t.request_id"
        " WHERE t.state = 'open' AND r.state <> 'running' ORDER BY t.id LIMIT 1"
    )
    names = ("task", "document_type", "document", "number")
    for row in stray:
        found = {**dict(zip(names, row, strict=True)), "found": "the request has ended"}
        return Result(len(running), found)
    return Result(len(running))


PROOFS = (Proof("approvals.waiting", waiting),)
