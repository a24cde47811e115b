"""Write requirements.txt from pyproject.toml: every package of the product and its tools, pinned by
hash, for every platform, naming no registry. Needs uv.

    .venv/bin/python -m tools.lock
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def lock() -> int:
    return subprocess.run(
        [
            "uv", "pip", "compile", "pyproject.toml", "--extra", "dev", "--universal",
            "--python-version", "3.11", "--generate-hashes", "--no-annotate",
            "--custom-compile-command", "python -m tools.lock", "-o", "requirements.txt", "-q",
        ],
        cwd=ROOT, stdout=subprocess.DEVNULL,
    ).returncode  # fmt: skip


if __name__ == "__main__":
    sys.exit(lock())
