"""Every `heyi` command, as a program and as a person would call it."""

import json
import tarfile

import pytest

from tests.setup.test_postgres import USE, finish


@pytest.fixture(scope="module")
def home(installed):
    """The commands share a server that somebody else holds: that is faster."""
    use = installed.python(USE)
    use.stdout.readline()
    yield installed
    finish(use)
    assert installed.servers() == []


def answer(done, code=0):
    """The one JSON object on the one line of stdout."""
    assert done.returncode == code, done.stderr
    assert done.stdout.count("\n") == 1
    assert done.stdout.endswith("\n")
    return json.loads(done.stdout)


def test_upgrade_again_changes_nothing(home):
    assert answer(home.heyi("upgrade", "--json"))["migrations"] == 0


def test_check_proves_the_books(home):
    said = answer(home.heyi("check", "--full", "--json"))
    assert said["ok"] is True
    assert len(said["proofs"]) > 5
    assert home.heyi("check").stdout.endswith("Everything holds.\n")


def test_a_story_is_replayed_and_compared(home):
    said = answer(home.heyi("scenario", "goods", "--json"))
    assert (said["scenario"], said["ok"], said["differences"]) == ("goods", True, [])
    unknown = home.heyi("scenario", "flying")
    assert (unknown.returncode, unknown.stdout) == (2, "")


def test_people_are_added_and_listed(home):
    added = home.heyi("user", "add", "Wei", "--name", "韋", "--json", input="kun-lun-7-shan\n")
    assert answer(added)["login"] == "wei"
    [person] = answer(home.heyi("user", "list", "--json"))["users"]
    assert (person["login"], person["name"], person["companies"]) == ("wei", "韋", {})
    new = home.heyi("user", "password", "wei", "--json", input="tai-shan-8-shan\n")
    assert answer(new)["ok"] is True
    weak = home.heyi("user", "password", "wei", "--json", input="short\n")
    refused = answer(weak, 1)
    assert refused["ok"] is False
    assert "10" in refused["error"]
    assert home.heyi("user", "password", "nobody", input="x\n").returncode == 2
    unknown = home.heyi("user", "role", "wei", "NONE", "sales.clerk")
    assert (unknown.returncode, unknown.stdout) == (2, "")


def test_a_backup_comes_back_proved_and_a_damaged_one_does_not(home):
    paper = home.home / "files" / "ab" / "cd"
    paper.parent.mkdir(parents=True, exist_ok=True)
    paper.write_bytes(b"a drawing")
    assert home.heyi("user", "add", "ming", input="kun-lun-7-shan\n").returncode == 0
    file = home.home / "saved"
    said = answer(home.heyi("backup", str(file), "--json"))
    assert (said["files"], said["files_bytes"], said["release"]) == (1, 9, "0.1.0")
    assert file.stat().st_mode & 0o777 == 0o600

    assert home.heyi("user", "add", "late", input="kun-lun-7-shan\n").returncode == 0
    paper.write_bytes(b"something else")
    assert answer(home.heyi("restore", str(file), "--json"))["ok"] is True
    logins = {p["login"] for p in answer(home.heyi("user", "list", "--json"))["users"]}
    assert "ming" in logins
    assert "late" not in logins
    assert paper.read_bytes() == b"a drawing"
    assert answer(home.heyi("upgrade", "--json"))["migrations"] == 0

    damaged = home.home / "damaged"
    with tarfile.open(file) as whole, tarfile.open(damaged, "w") as part:
        for entry in whole.getmembers():
            if not entry.name.startswith("files/"):
                part.addfile(entry, whole.extractfile(entry))
    refused = answer(home.heyi("restore", str(damaged), "--json"), 1)
    assert "is damaged" in refused["error"]
    cut = home.home / "cut"
    cut.write_bytes(file.read_bytes()[:5000])
    assert home.heyi("restore", str(cut)).returncode == 1
    assert "ming" in home.heyi("user", "list").stdout


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("fly",),
        ("run", "--port", "many"),
        ("restore", "/nowhere/at/all"),
        ("bench", "flying"),
        ("migrate",),
        ("check", "--fast"),
        ("user", "add"),
    ],
    ids=" ".join,
)
def test_misuse_is_said_on_stderr_with_exit_code_2(place, words):
    done = place.heyi(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert place.servers() == []


def test_a_server_that_does_not_answer_is_a_failure_in_json_too(place):
    nowhere = {"HEYI_DATABASE_URL": "postgresql://heyi@127.0.0.1:1/heyi"}
    said = answer(place.heyi("check", "--json", env=nowhere), 1)
    assert said["ok"] is False
    assert said["error"].startswith("The database does not answer: ")


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [("check",), ("user", "list"), ("backup", "saved"), ("demo",), ("upgrade",)],
    ids=" ".join,
)
def test_each_works_on_an_empty_folder(place, words):
    folder = place.home / "work"
    words = [str(place.home / word) if word == "saved" else word for word in words]
    place.home = folder
    assert answer(place.heyi(*words, "--json"))["ok"] is True
    assert place.servers() == []
