"""What files and comments hang on: any document or master, by its screen and id."""

from collections.abc import Iterable

from django.db.models import QuerySet

from heyi.platform import modules
from heyi.platform.access import Access, Actor, NotAllowed, NotFound
from heyi.platform.identity.api import actors
from heyi.platform.screens import compiled

_LARGEST_ID = 2**63 - 1


def require_readable(actor: Actor, type_: str, id_: int) -> None:
    """Refuse unless the actor may see the record.

    Raises:
        NotFound
    """
    rows = _rows(type_, id_)
    if not Access.registry[type_].visible(actor, rows).exists():
        raise NotFound(type_, [id_])


def require_writable(actor: Actor, type_: str, id_: int) -> None:
    """Refuse unless the actor may see the record and do something with records of its type.

    Raises:
        NotFound, NotAllowed
    """
    require_readable(actor, type_, id_)
    access = Access.registry[type_]
    verbs = [verb for verb in access.verbs if verb != "read"]
    if not any(access.allows(actor, verb) for verb in verbs):
        raise NotAllowed("edit", type_, sorted(set().union(*(access.verbs[v] for v in verbs))))


def readers(company: int, type_: str, id_: int, users: Iterable[int]) -> set[int]:
    """Those of the users who may see the record. One statement, and one more for each of them."""
    rows, access = _rows(type_, id_), Access.registry[type_]
    return {
        user
        for user, actor in actors(company, sorted(set(users))).items()
        if access.visible(actor, rows).exists()
    }


def name_of(type_: str, id_: int) -> str:
    """The number of a document, the code of a master."""
    field = "number" if compiled(type_).is_document else "code"
    return str(_rows(type_, id_).values_list(field, flat=True).get())


def _rows(type_: str, id_: int) -> QuerySet:
    if type_ not in modules.screens() or not 0 < id_ <= _LARGEST_ID:
        raise NotFound(type_, [id_])
    return compiled(type_).model._default_manager.filter(pk=id_)
