"""Lists as files over HTTP."""

from typing import Any, Literal
from urllib.parse import quote

import orjson
from django.http import FileResponse, HttpRequest
from ninja import Router

from heyi.platform.exports.errors import FilterMalformed
from heyi.platform.exports.exports import export
from heyi.platform.identity.api import auth
from heyi.platform.lists import Query

router = Router(tags=["export"], auth=auth)


@router.get("/{screen}/export")
def export_list(
    request: HttpRequest,
    screen: str,
    format: Literal["xlsx", "csv"] = "xlsx",
    filter: str = "",
    search: str = "",
    order: str = "",
    preset: str = "",
    columns: str = "",
) -> FileResponse:
    """The whole list as it is filtered and sorted, as a workbook or a text table.

    Args:
        columns: Paths with commas between them; the columns of the list without it.
    """
    query = Query(_filter(filter), search, order, preset)
    paths = [path.strip() for path in columns.split(",") if path.strip()]
    made = export(screen, request.actor, query, format, paths)  # type: ignore[attr-defined]
    answer = FileResponse(made.file, content_type=made.type)
    plain = f"{screen}.{format}"
    answer["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(made.name)}"
    )
    return answer


def _filter(raw: str) -> dict[str, Any]:
    try:
        wanted = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise FilterMalformed from None
    if not isinstance(wanted, dict):
        raise FilterMalformed
    return wanted
