"""Proving by itself: every minute what came since, every night everything."""

from typing import Any

from heyi.platform import exceptions, proofs
from heyi.platform.exceptions import ExceptionKind
from heyi.platform.jobs.api import Run, job
from heyi.platform.transactions import unit_of_work

PROOF_FAILED = ExceptionKind(
    "platform.proof_failed", kind="system", owner="system.administrator", due_hours=4,
    severity="critical", screens=("platform.check",),
)  # fmt: skip


def prove_incrementally(*, full: bool = False) -> dict[str, Any]:
    """Run the proofs and open a case for each that fails; the same failure counts on its case.

    Returns:
        What `proofs.run` returns.
    """
    verdict = proofs.run(full=full)
    failed = [p for p in verdict["proofs"] if not p["ok"]]
    if failed:
        unit_of_work(lambda: _open(failed))
    return verdict


def _open(failed: list[dict[str, Any]]) -> None:
    for proof in failed:
        bad = proof["first_bad"]
        refs = [(bad["document_type"], bad["document_id"])] if bad.get("document_type") else []
        exceptions.open(
            PROOF_FAILED.code,
            refs,
            {
                "proof": proof["id"],
                "row": str(bad.get("row") or bad.get("what")),
                "document": str(bad.get("document") or bad.get("voucher") or bad.get("no") or ""),
                "first_bad": bad,
            },
            company=bad.get("company_id"),
            same=proof["id"],
        )


@job("platform.prove", every="* * * * *", alone=True)
def prove(run: Run) -> dict[str, Any]:
    """What came since the last time; everything while that is quick."""
    return _short(prove_incrementally())


@job("platform.prove_fully", every="41 18 * * *", alone=True)
def prove_fully(run: Run) -> dict[str, Any]:
    """Everything, at night where most of our users live."""
    return _short(prove_incrementally(full=True))


def _short(verdict: dict[str, Any]) -> dict[str, Any]:
    return {"ok": verdict["ok"], "failed": [p["id"] for p in verdict["proofs"] if not p["ok"]]}
