"""Write docs/access.txt anew from the declarations. A test fails until it is reviewed and kept."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heyi.site.settings")


def main() -> None:
    import django

    django.setup()
    from heyi.platform.access import access_matrix

    (ROOT / "docs" / "access.txt").write_text(access_matrix(), encoding="utf-8")


if __name__ == "__main__":
    main()
