"""Write the browser's typed client: `web/src/api/schema.d.ts`, from the API as it is.

    make client

The first line carries a fingerprint of the API, so that a test sees a stale client without Node.
"""

import json
import subprocess
import sys
import tempfile
from hashlib import blake2b
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "web"
SCHEMA = WEB / "src" / "api" / "schema.d.ts"
_MARK = "// API "


def described() -> str:
    """The OpenAPI document, in one spelling."""
    from heyi.platform.http import api

    return json.dumps(api.get_openapi_schema(), sort_keys=True, ensure_ascii=False, default=str)


def fingerprint(document: str) -> str:
    return blake2b(document.encode(), digest_size=16).hexdigest()


def written() -> str:
    """The fingerprint the committed client was made from."""
    first, _, _ = SCHEMA.read_text(encoding="utf-8").partition("\n")
    return first.removeprefix(_MARK).strip()


def main() -> int:
    import django

    django.setup()
    document = described()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_text(document, encoding="utf-8")
        npm = [sys.executable, "tools/bootstrap.py", "npm"]
        subprocess.run([*npm, "run", "client", "--", str(source)], check=True, cwd=WEB.parent)
    text = SCHEMA.read_text(encoding="utf-8")
    SCHEMA.write_text(f"{_MARK}{fingerprint(document)}\n{text}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
