"""The `heyi` command.

Every command works with HEYI_HOME pointing at an empty folder, starts the database if nobody has,
and stops it when nobody else uses it. With --json there is exactly one JSON object on one line of
stdout (bench: one per result); what is said on the way goes to stderr.
Exit codes: 0 fine, 1 differences or failed, 2 usage.
"""

import argparse
import contextlib
import getpass
import importlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from heyi import __version__
from heyi.site.home import Refused, home, kept_secrets
from heyi.site.postgres import Database, database

FINE, FAILED, USAGE = 0, 1, 2
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Misused(Exception):
    """The command line asks for what there is not; the text says what there is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    parser = _parser()
    asked, rest = parser.parse_known_args(arguments)
    asked.rest = rest
    if asked.rest and asked.run is not bench:
        parser.error(f"unrecognized arguments: {' '.join(asked.rest)}")
    try:
        return asked.run(asked)
    except Misused as error:
        tell(f"heyi: {error}")
        return USAGE
    except Refused as error:
        return _failed(asked, str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        if type(error).__module__.startswith(("psycopg", "django.db")):
            foreign = type(error).__name__ == "ProgrammingError"
            what = (
                "The database has other tables than this release"
                if foreign
                else "The database does not answer"
            )
            return _failed(asked, f"{what}: {str(error).strip()}")
        if words := _refusal(error):
            return _failed(asked, words)
        raise


def _refusal(error: Exception) -> str:
    """What the business says, in words; empty when it is a fault of ours."""
    from heyi.kernel.errors import BusinessError, Problem, Refusals

    if isinstance(error, BusinessError):
        problems = [Problem(error)]
    elif isinstance(error, Refusals):
        problems = list(error.problems)
    else:
        return ""
    from heyi.platform.refusals import said

    return " ".join(refusal["message"] for refusal in said(problems, "en"))


def tell(text: str) -> None:
    """Progress: for the person, never for the program."""
    print(text, file=sys.stderr, flush=True)


def _failed(asked: argparse.Namespace, text: str) -> int:
    tell(f"heyi: {text}")
    if getattr(asked, "json", False):
        print(json.dumps({"ok": False, "error": text}, ensure_ascii=False))
    return FAILED


def _answer(asked: argparse.Namespace, result: dict[str, Any], lines: Iterable[str]) -> int:
    if asked.json:
        print(json.dumps(result, ensure_ascii=False, default=str), flush=True)
    else:
        for line in lines:
            print(line)
    return FINE if result["ok"] else FAILED


@contextlib.contextmanager
def product(*, owner: bool = False) -> Iterator[Database]:
    """Heyi's own code on a database that has this release's tables."""
    with database(tell) as found:
        _settle(found.owner if owner else found.application)
        from heyi.site import schema

        if not schema.current():
            _upgrade_by_owner(found)
        yield found


def _settle(url: str) -> None:
    os.environ["HEYI_DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "heyi.site.settings"
    os.environ.setdefault("HEYI_SECRET_KEY", kept_secrets(home())["secret_key"])
    import django

    django.setup()


def _upgrade_by_owner(found: Database) -> None:
    """In a process of its own: this one is the application and may not change tables."""
    run = subprocess.run(
        [sys.executable, "-m", "heyi.site.cli", "upgrade"],
        env={
            **os.environ,
            "HEYI_DATABASE_URL": found.owner,
            "HEYI_DATABASE_OWNER_URL": found.owner,
        },
        stdout=subprocess.DEVNULL,
    )
    if run.returncode:
        raise Refused("The tables could not be brought to this release; see above.")


def run(asked: argparse.Namespace) -> int:
    """Database, web and worker, until Ctrl-C."""
    from heyi.site import run as tree

    tree.listening(asked.host, asked.port)
    shown = "127.0.0.1" if asked.host in ("0.0.0.0", "::") else asked.host
    os.environ.setdefault("HEYI_URL", f"http://{shown}:{asked.port}")
    os.environ["HEYI_HOST"], os.environ["HEYI_PORT"] = asked.host, str(asked.port)
    with product() as found:
        from django.db import connections

        from heyi.site import schema

        welcome = [f"Heyi {__version__} is ready: {os.environ['HEYI_URL']}"]
        wanted = asked.demo if asked.demo is not None else asked.host in LOOPBACK
        if wanted and schema.unused():
            tell("Loading the demo company (once) …")
            _module("heyi.site.demo").load(lambda text: tell(f"  {text}"))
        welcome += _sign_in()
        connections.close_all()
        return tree.serve(found, asked.host, asked.port, tell, "\n".join(welcome))


def _sign_in() -> list[str]:
    """How to sign in: the demo's people where they are, else how to make the first one."""
    from django.contrib.auth import get_user_model

    users = get_user_model()._base_manager
    if not users.exists():
        return ["Nobody can sign in yet. Make the first person: heyi user add LOGIN --name NAME"]
    people = _module("heyi.site.demo").people()
    there = set(
        users.filter(login__in=[login for login, *_ in people]).values_list("login", flat=True)
    )
    shown = [(login, password, what) for login, password, what in people if login in there]
    if not shown:
        return []
    width = max(len(login) for login, *_ in shown)
    return [
        f"The demo company's people, all with the password {shown[0][1]}:",
        *(f"  {login:<{width}}  {what}" for login, _, what in shown),
    ]


def upgrade(asked: argparse.Namespace) -> int:
    """Bring the database's tables, guards and rights to this release."""
    with database(tell) as found:
        _settle(found.owner)
        from heyi.site import schema

        steps = schema.upgrade(tell)
    return _answer(
        asked,
        {"ok": True, "release": __version__, "migrations": steps},
        [f"The database is at release {__version__} ({steps} steps)."],
    )


def demo(asked: argparse.Namespace) -> int:
    """Load the demo company; loading again changes nothing."""
    with product():
        module = _module("heyi.site.demo")
        module.load(tell)
        people = [
            {"login": login, "password": password, "roles": what}
            for login, password, what in module.people()
        ]
    return _answer(asked, {"ok": True, "people": people}, ["The demo company is loaded."])


def check(asked: argparse.Namespace) -> int:
    """Prove the books."""
    with product():
        from heyi.platform import proofs

        result = proofs.run(full=asked.full)
    return _answer(asked, result, _proofs(result))


def _proofs(result: dict[str, Any]) -> Iterator[str]:
    for proof in result["proofs"]:
        mark = "ok " if proof["ok"] else "BAD"
        yield f"{mark} {proof['id']}: {proof['checked']} checked"
        if not proof["ok"]:
            yield f"    {json.dumps(proof['first_bad'], ensure_ascii=False, default=str)}"
    yield "Everything holds." if result["ok"] else "Something does not hold."


def scenario(asked: argparse.Namespace) -> int:
    """Play a story through the product and prove the books afterwards."""
    with product():
        module = _module("heyi.site.scenarios")
        if asked.name not in module.NAMES:
            known = ", ".join(module.NAMES)
            raise Misused(f"there is no scenario {asked.name}; there are: {known}")
        result = module.run(asked.name, tell)
    return _answer(asked, result, [json.dumps(result, ensure_ascii=False, default=str)])


def bench(asked: argparse.Namespace) -> int:
    """Measure; benchmarks live in the checkout, not in the installed product."""
    root = Path(__file__).resolve().parents[3]
    names = sorted(
        file.stem for file in (root / "bench").glob("[a-z]*.py")
        if "\ndef run(" in file.read_text(encoding="utf-8")
    )  # fmt: skip
    if not names:
        raise Misused("benchmarks run from a checkout of the source: make bench")
    chosen = names if asked.name == "all" else [asked.name]
    if not set(chosen) <= set(names):
        raise Misused(f"there is no benchmark {asked.name}; there are: {', '.join(names)}, all")
    sys.path.insert(0, str(root))
    good = True
    with database(tell) as found:
        _settle(found.superuser or found.owner)
        for name in chosen:
            for result in importlib.import_module(f"bench.{name}").run(asked.rest):
                good &= bool(result.get("ok", True))
                print(json.dumps(result, ensure_ascii=False, default=str), flush=True)
    return FINE if good else FAILED


def migrate(asked: argparse.Namespace) -> int:
    """Bring data in from a system that is being left."""
    return _module("heyi.golive.migrate").run(asked)


def backup(asked: argparse.Namespace) -> int:
    """Save everything in one file."""
    from heyi.site import backup as store

    with product() as found:
        manifest = store.write(asked.file.absolute(), found, tell)
    result = {"ok": True, "file": str(asked.file), **vars(manifest)}
    return _answer(asked, result, [f"{asked.file}: the backup of {manifest.at}."])


def restore(asked: argparse.Namespace) -> int:
    """Put a backup in the place of the present data, once it is proved."""
    from heyi.site import backup as store

    if not asked.file.is_file():
        raise Misused(f"there is no file {asked.file}")
    with database(tell) as found:
        result = store.restore(asked.file, found, _prove_copy, tell)
    lines = [*_proofs(result)] + (
        ["The backup is in place."] if result["ok"] else ["Nothing was changed."]
    )
    return _answer(asked, result, lines)


def _prove_copy(url: str) -> dict[str, Any]:
    _settle(url)
    from django.db import connections

    from heyi.platform import proofs
    from heyi.site import schema

    schema.upgrade(tell, always=True)
    result = proofs.run(full=True)
    connections.close_all()
    return result


def user_add(asked: argparse.Namespace) -> int:
    """A new person, with a password asked for or read from stdin."""
    secret = _secret() if not asked.no_password else None
    with product():
        from django.db import transaction

        from heyi.platform.identity.api import create_user, grant

        with transaction.atomic():
            user = create_user(
                asked.login, asked.name or asked.login, password=secret, email=asked.email,
                language=asked.language,
            )  # fmt: skip
            if asked.company:
                grant(user, _company(asked.company), asked.role)
    return _answer(
        asked, {"ok": True, "login": user.login, "id": user.pk}, [f"{user.login} is there."]
    )


def user_password(asked: argparse.Namespace) -> int:
    """A new password; all sessions of the person end."""
    secret = _secret()
    with product():
        from heyi.platform.identity.api import set_password

        set_password(_user(asked.login), secret)
    return _answer(asked, {"ok": True, "login": asked.login}, ["The password is set."])


def user_role(asked: argparse.Namespace) -> int:
    """What a person may do in a company, in place of what they might do before."""
    with product():
        from heyi.platform.identity.api import grant

        grant(_user(asked.login), _company(asked.company), asked.roles)
    result = {"ok": True, "login": asked.login, "company": asked.company, "roles": asked.roles}
    return _answer(asked, result, [f"{asked.login} in {asked.company}: {', '.join(asked.roles)}"])


def user_list(asked: argparse.Namespace) -> int:
    """Everybody, with companies and roles."""
    with product():
        from django.contrib.auth import get_user_model

        from heyi.platform.identity.models import Membership

        seats: dict[int, dict[str, list[str]]] = {}
        for user, company, roles in Membership.objects.values_list(
            "user", "company__code", "roles"
        ):
            seats.setdefault(user, {})[company] = list(roles)
        people: list[dict[str, Any]] = [
            {
                "login": login,
                "name": name,
                "email": email,
                "active": active,
                "companies": seats.get(pk, {}),
            }
            for pk, login, name, email, active in get_user_model()
            ._base_manager.order_by("login")
            .values_list("pk", "login", "name", "email", "active")
        ]
    lines = (
        f"{p['login']:<16} {p['name']:<20} "
        + "; ".join(f"{code}: {', '.join(roles)}" for code, roles in p["companies"].items())
        for p in people
    )
    return _answer(asked, {"ok": True, "users": people}, lines)


def _user(login: str) -> Any:
    from django.contrib.auth import get_user_model

    if found := get_user_model()._base_manager.filter(login=login.lower()).first():
        return found
    raise Misused(f"nobody has the login {login}; see: heyi user list")


def _company(code: str) -> Any:
    from heyi.platform.models import Company

    if found := Company.objects.filter(code=code).first():
        return found
    codes = ", ".join(Company.objects.order_by("code").values_list("code", flat=True))
    raise Misused(f"there is no company {code}; there are: {codes or 'none'}")


def _secret() -> str:
    """The new password: asked twice on a terminal, else the first line of stdin."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("New password: ")
    if getpass.getpass("Once more: ") != first:
        raise Misused("the two passwords differ")
    return first


def _module(name: str) -> Any:
    """A part of Heyi that a later release may bring."""
    found = None
    with contextlib.suppress(ModuleNotFoundError):  # A package above it is missing, too.
        found = importlib.util.find_spec(name)
    if found:
        return importlib.import_module(name)
    raise Misused(f"this release of Heyi does not have this yet ({name})")


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="heyi", description="Heyi: ERP and MES for manufacturers.",
        epilog="HEYI_HOME holds all state (default ~/.heyi); HEYI_DATABASE_URL names a server of yours.",
    )  # fmt: skip
    top.add_argument("--version", action="version", version=f"heyi {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, does: Any, under: Any = commands) -> argparse.ArgumentParser:
        said = does.__doc__.splitlines()[0]
        made = under.add_parser(name, help=said, description=said)
        made.set_defaults(run=does)
        if does is not run:
            made.add_argument("--json", action="store_true", help="one JSON object on one line")
        return made

    serve = command("run", run)
    serve.add_argument("--host", default=os.environ.get("HEYI_HOST") or "127.0.0.1")
    serve.add_argument("--port", type=int, default=os.environ.get("HEYI_PORT") or "8000")
    serve.add_argument(
        "--demo", action=argparse.BooleanOptionalAction,
        help="load the demo company into an empty database (default: on loopback only)",
    )  # fmt: skip
    command("upgrade", upgrade)
    command("demo", demo)
    proving = command("check", check)
    proving.add_argument("--full", action="store_true", help="every row, not only what is new")
    command("scenario", scenario).add_argument("name")
    measuring = command("bench", bench)
    measuring.add_argument("name", nargs="?", default="all")
    command("migrate", migrate).add_argument("arguments", nargs="*")
    command("backup", backup).add_argument("file", type=Path)
    command("restore", restore).add_argument("file", type=Path)
    people = commands.add_parser("user", help="People who may sign in.").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    adding = command("add", user_add, people)
    adding.add_argument("login")
    adding.add_argument("--name")
    adding.add_argument("--email", default="")
    adding.add_argument("--language", choices=("zh_hant", "zh_hans", "en"), default="zh_hans")
    adding.add_argument("--company", help="the company's code")
    adding.add_argument("--role", action="append", default=[])
    adding.add_argument("--no-password", action="store_true", help="they set one by mail")
    command("password", user_password, people).add_argument("login")
    seating = command("role", user_role, people)
    seating.add_argument("login")
    seating.add_argument("company")
    seating.add_argument("roles", nargs="*")
    command("list", user_list, people)
    return top


if __name__ == "__main__":
    sys.exit(main())
