"""The browser's typed client is the one of this API; the build carries no foreign addresses."""

import json

from tools import client


def test_the_typed_client_is_current() -> None:
    assert client.written() == client.fingerprint(client.described()), "stale: run make client"


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((client.WEB / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
