"""Every attachment's content lies in the store, in full. What a restore is checked by."""

from heyi.platform.files.store import digest_of, path_of
from heyi.platform.proofs import Proof, Result
from heyi.platform.rows import fetch


def contents(company: int | None, after: int | None) -> Result:
    """The content of each attachment has the size and the digest its row says."""
    rows = fetch(
        "SELECT id, subject_type, subject_id, name, size, sha256 FROM files_attachment"
        " WHERE state <> 'infected' AND id > %s AND (%s::bigint IS NULL OR company_id = %s)"
        " ORDER BY id",
        [after or 0, company, company],
    )
    for checked, (id_, type_, subject, name, size, digest) in enumerate(rows, 1):
        path = path_of(digest)
        if not path.is_file():
            found = "missing"
        elif path.stat().st_size != size:
            found = f"{path.stat().st_size} bytes instead of {size}"
        elif digest_of(path) != digest:
            found = "other content"
        else:
            continue
        bad = {"attachment": id_, "document_type": type_, "document": subject, "name": name}
        return Result(checked, {**bad, "found": found})
    return Result(len(rows))


def newest() -> int:
    return fetch("SELECT coalesce(max(id), 0) FROM files_attachment")[0][0]


PROOFS = (Proof("files.contents", contents, newest),)
