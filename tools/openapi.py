"""Write the OpenAPI document, from which the TypeScript client is generated.

Usage: python tools/openapi.py [web/openapi.json]; without a file, to standard output.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]


def document() -> bytes:
    """The schema as served at /api/openapi.json, sorted, so that a change is a short diff."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heyi.site.settings")
    import django
    import orjson

    django.setup()
    from heyi.platform.http import api

    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    schema = api.get_openapi_schema(path_prefix="/api/")
    return orjson.dumps(schema, default=str, option=option)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_bytes(document() + b"\n")
    else:
        sys.stdout.buffer.write(document() + b"\n")
