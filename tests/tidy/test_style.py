"""The style guide, executable. Every message says what to do instead."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "heyi"
CJK = re.compile(r"[\u3400-\u9fff]")


def python_files() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in python_files():
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def found(complaints: list[str]) -> None:
    assert not complaints, "\n" + "\n".join(complaints)


BANNED_NAMES = {
    "partner": "party", "partners": "parties", "vendor": "supplier", "qty": "quantity",
    "uom": "unit", "material": "product", "gl_entry": "journal line", "utils": "a name with a meaning",
    "helper": "a name with a meaning", "manager_class": "a function", "invoice_status": "a query",
}  # fmt: skip


def test_one_concept_has_one_word():
    complaints = []
    for path, tree in trees():
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.append(node.name)
            elif isinstance(node, ast.arg):
                names.append(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.append(node.id)
            for name in names:
                for word in name.lower().split("_"):
                    if word in BANNED_NAMES:
                        complaints.append(f"{path}:{node.lineno}: {name}: say {BANNED_NAMES[word]}")
    found(complaints)


def test_files_are_named_after_what_they_hold():
    found(
        [
            f"{p.relative_to(ROOT)}: a name without a meaning collects everything"
            for p in tracked("src", "web/src", "tools")
            if p.stem in {"utils", "util", "helpers", "helper", "misc", "common"}
            and p.suffix in {".py", ".ts", ".tsx"}
        ]
    )


def test_money_and_quantities_are_never_floats():
    complaints = []
    for path, tree in trees():
        for node in ast.walk(tree):
            name = getattr(node, "id", None) or getattr(node, "attr", None)
            if name in {"FloatField", "Float"}:
                complaints.append(f"{path}:{node.lineno}: use DecimalField")
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "round":
                complaints.append(f"{path}:{node.lineno}: round with kernel.money.rounded")
            floats = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float"
            if floats and path.parts[2] in {"kernel", "ledger", "product", "purchase", "sales"}:
                complaints.append(f"{path}:{node.lineno}: keep Decimal")
    found(complaints)


TIME_CALLS = {
    "now", "utcnow", "today", "time", "localtime", "gmtime", "perf_counter", "monotonic", "time_ns",
}  # fmt: skip
TIME_OWNERS = {"datetime", "date", "time", "timezone"}
SQL_TIME = re.compile(
    r"(?<![\w.])(now\(\)|current_timestamp|current_date|clock_timestamp|localtimestamp)", re.I
)


def test_there_is_one_clock():
    """`platform.clock` in Python, `platform_now()` in SQL; so a rehearsal may travel in time."""
    complaints = []
    clocks = {"src/heyi/platform/clock.py", "src/heyi/platform/clock.sql"}
    for path, tree in trees():
        if str(path) in clocks:
            continue
        docs = docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                base = getattr(owner, "id", None) or getattr(owner, "attr", None)
                if node.func.attr in TIME_CALLS and base in TIME_OWNERS:
                    complaints.append(f"{path}:{node.lineno}: ask platform.clock for the time")
            if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
                complaints.append(f"{path}:{node.value.lineno}: use db_default=DatabaseNow()")
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
                sql = re.search(r"\b(select|insert|update|delete|where)\b", node.value, re.I)
                if sql and SQL_TIME.search(node.value):
                    complaints.append(f"{path}:{node.lineno}: use platform_now() in SQL")
    for path in SOURCE.rglob("*.sql"):
        name = str(path.relative_to(ROOT))
        if name not in clocks and SQL_TIME.search(path.read_text(encoding="utf-8")):
            complaints.append(f"{name}: use platform_now() in SQL")
    found(complaints)


def docstrings(tree: ast.Module) -> set[ast.Constant]:
    holders = [tree, *(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef))]
    return {
        h.body[0].value
        for h in holders
        if h.body and isinstance(h.body[0], ast.Expr) and isinstance(h.body[0].value, ast.Constant)
    }


def test_no_signals_and_no_save_overrides():
    complaints = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                ("django.db.models.signals", "django.dispatch", "django.core.signals")
            ):
                complaints.append(f"{path}:{node.lineno}: call it where it happens; no signals")
            if isinstance(node, ast.ClassDef) and path.name == "models.py":
                complaints += [
                    f"{path}:{m.lineno}: {m.name} stores; a named verb does"
                    for m in node.body
                    if isinstance(m, ast.FunctionDef) and m.name in {"save", "delete"}
                ]
    found(complaints)


# Writing and reading figures and dates in Chinese needs its digits and signs; these files hold
# nothing else of it.
FIGURES = {
    "src/heyi/platform/imports/cells.py",
    "src/heyi/platform/messages.py",
    "src/heyi/platform/printing/words.py",
}


def test_no_sentences_in_code():
    """Words people read live in the catalogues, three languages side by side."""
    complaints = []
    for path, tree in trees():
        docs = docstrings(tree)
        complaints += [
            f"{path}:{node.lineno}: move {node.value[:20]!r} to messages/*.toml"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in docs
            and CJK.search(node.value)
            and str(path) not in FIGURES
            and path.stem != "demo"
        ]
    for path in tracked("web/src/*.tsx", "web/src/*.ts"):
        if ".test." in path.name:
            continue
        for no, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            code = re.sub(r"//.*|/\*.*?\*/", "", line)
            if CJK.search(code):
                complaints.append(f"{path.relative_to(ROOT)}:{no}: move the words to ui.toml")
    found(complaints)


def test_nothing_is_left_unfinished():
    words = re.compile(
        r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|NotImplemented" + "Error"
    )
    found(
        [
            f"{p.relative_to(ROOT)}:{no}: finish it or open an issue"
            for p in tracked("src", "web/src", "tools", "tests", "bench")
            if p.suffix in {".py", ".ts", ".tsx", ".sql", ".typ", ".css"}
            for no, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
            if words.search(line)
        ]
    )


def test_no_path_or_host_of_one_machine():
    path = re.compile(r"(?<![A-Za-z0-9_.])/(wo" + r"rk|ro" + r"ot|fa" + r"rm)/")
    host = re.compile(r"https?://[^ \"']*(pythonhosted|npm" + r"js|registry\.|pypi\.org/simple)")
    complaints = []
    for p in tracked():
        if p.suffix in {".png", ".woff2", ".ttf", ".otf", ".pdf", ".xlsx", ".ico"}:
            continue
        text = p.read_text(encoding="utf-8", errors="replace")
        if path.search(text):
            complaints.append(f"{p.relative_to(ROOT)}: names a folder of one machine")
        lock = "lock" in p.name or p.name.startswith("requirements") or p.suffix == ".toml"
        if lock and host.search(text):
            complaints.append(f"{p.relative_to(ROOT)}: take the download addresses out")
    found(complaints)


def test_long_functions_and_files_are_reported(capsys: pytest.CaptureFixture[str]):
    """Taste, not law: what has grown long is named, so that somebody looks at it."""
    long = [
        f"{path}: {tree.body[-1].end_lineno} lines"
        for path, tree in trees()
        if tree.body and (tree.body[-1].end_lineno or 0) > 500
    ]
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 60:
                long.append(f"{path}:{node.lineno}: {node.name} has over 60 lines")
    with capsys.disabled():
        for line in long:
            print(f"\nlong: {line}", end="")
    assert all(":" in line for line in long)
