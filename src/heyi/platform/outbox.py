"""Facts leave the process through here, and only after they are true."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Protocol

from django.db import transaction

from heyi.platform.rows import insert


class Event(Protocol):
    topic: str

    @property
    def key(self) -> str: ...


def publish(events: Iterable[Any]) -> None:
    """Queue events in the current transaction. They are sent only if it commits."""
    assert not transaction.get_autocommit()
    insert(
        "platform_outboxevent",
        "topic:text, key:text, payload:jsonb",
        [(e.topic, e.key, json.dumps(asdict(e))) for e in events],
    )
