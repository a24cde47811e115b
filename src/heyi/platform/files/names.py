"""Names that are safe on every system and look like what they are."""

import re
import unicodedata

LONGEST_BYTES = 200
_FORBIDDEN = re.compile(r'[<>:"|?*/\\]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def safe_name(raw: str, suffixes: tuple[str, ...]) -> str:
    """A file name without paths, control characters, invisible or direction-changing characters.

    Args:
        suffixes: What the content may be called (".jpg", ".jpeg"); the first is added where the
            name claims something else. Empty means any.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", raw)[-1])
    # Cf holds the marks that turn "gpj.exe" around, Co and Cs what no one can read.
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    name = _FORBIDDEN.sub("_", re.sub(r"\s+", " ", name)).strip(" .")
    name = f"_{name}" if _RESERVED.match(name) else name
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    if suffixes and f".{suffix.lower()}" not in suffixes:
        stem, suffix = name, suffixes[0][1:]
    return _short(stem or "file", f".{suffix}" if suffix else "")


def _short(stem: str, suffix: str) -> str:
    suffix = suffix if len(suffix.encode()) <= 20 else ""
    room = LONGEST_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + suffix
