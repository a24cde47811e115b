"""A clean clone becomes a working checkout; the locks pin everything and name no registry."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.setup.conftest import ROOT
from tests.setup.test_postgres import until


def test_every_python_package_is_pinned_by_hash_and_no_registry_is_named():
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "://" not in lock
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^#.*\n", "", lock).strip())
    assert [e.split(" ")[0] for e in entries if "==" not in e or "--hash=sha256:" not in e] == []


def test_the_lock_has_what_the_project_asks_for():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    asked = re.findall(r'^    "([a-z0-9-]+)(?:\[[a-z,]+\])?==([^";]+)', project, re.M)
    lock = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.M))
    assert len(asked) > 20
    assert {name: lock.get(name) for name, _ in asked} == dict(asked)


def test_the_libraries_of_the_ui_are_pinned_by_hash_and_no_registry_is_named():
    lock = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_what_is_built_or_fetched_is_not_committed():
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(
        ["git", "ls-files", "src/heyi/web", "web/node_modules", "dist", ".venv"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert listed.stdout == ""


@pytest.fixture
def clone(tmp_path):
    """A clone whose files are those of this checkout, with nothing fetched or built."""
    made = tmp_path / "clone"
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, made / name)
    return made


def make(folder, *words, **more):
    apart = ("HEYI_DATABASE_URL", "HEYI_HOME", "PYTHONPATH", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in apart}
    return subprocess.run(
        ["make", *words], cwd=folder, capture_output=True, text=True, timeout=900, env={**kept, **more}
    )  # fmt: skip


@pytest.mark.slow
def test_a_clone_sets_itself_up_repairs_itself_and_packs_the_product(clone, place):
    done = make(clone, "setup")
    assert done.returncode == 0, done.stderr
    assert (clone / "src" / "heyi" / "web" / "index.html").exists()

    again = make(clone, "setup")
    assert (again.returncode, again.stderr) == (0, ""), "nothing was due"

    python = clone / ".venv" / "bin" / "python"
    python.unlink()
    assert make(clone, "setup").returncode == 0
    assert python.exists()
    shutil.rmtree(next((clone / ".venv" / "lib").glob("python*/site-packages/django")))
    assert make(clone, "setup").returncode == 0

    done = make(clone, "dist")
    assert done.returncode == 0, done.stderr
    [wheel] = (clone / "dist").glob("heyi-*.whl")
    empty = clone.parent / "empty"
    subprocess.run([sys.executable, "-m", "venv", empty], check=True)
    subprocess.run([empty / "bin" / "pip", "install", "-q", wheel], check=True)
    shutil.rmtree(clone)
    _the_same_product(empty, place)


def _the_same_product(empty: Path, place) -> None:
    import urllib.request

    from tests.setup.test_run import free_port

    port = free_port()
    run = place.start(
        str(empty / "bin" / "heyi"), "run", "--no-demo", "--port", str(port),
        env={"PYTHONPATH": "", "DJANGO_SETTINGS_MODULE": ""},
    )  # fmt: skip

    def page():
        assert run.poll() is None, run.stderr.read()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            return ""

    assert '<script type="module"' in until(page, 120)
    run.terminate()
    assert run.wait(60) == 0
