"""The HTTP API: one way to turn a refusal into an answer, and the generic endpoints.

Every declared screen has its list, form, preview, save, verbs and lookups here; a module writes
endpoints only for what is special and names its router in its manifest.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import ninja
import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

import heyi
from heyi.kernel.errors import BusinessError, Problem, Refusals, Remedy
from heyi.platform import documents, lists, messages, modules, records, screens
from heyi.platform import schemas as shape
from heyi.platform.access import Access, Actor, NotAllowed, NotFound, NotSignedIn, OriginUnproven
from heyi.platform.idempotency import answer, packed, write
from heyi.platform.identity.api import auth
from heyi.platform.refusals import refused_by_database, said
from heyi.platform.rows import fetch
from heyi.platform.values import text as clean_text

log = structlog.get_logger(__name__)

_LARGEST_ID = 2**63 - 1
_DEEPEST = 64  # of JSON in a request
_LARGEST_BODY = 4_000_000  # bytes of JSON; two thousand full lines are a fifth of that
_REFUSED = {frozenset({400, 401, 403, 404, 409, 413, 422, 428, 500, 503}): shape.RefusalsOut}


@dataclass(eq=False)
class RequestUnreadable(BusinessError):
    """It is not the JSON, or not the shape, this address takes."""

    code = "platform.request_unreadable"
    remedy = Remedy("platform.remedy.see_api_docs")
    where: str
    what: str


@dataclass(eq=False)
class RequestTooLarge(BusinessError):
    code = "platform.request_too_large"
    remedy = Remedy("platform.remedy.split_document")


@dataclass(eq=False)
class SystemBusy(BusinessError):
    """The database cannot be reached or does not answer in time. Asking again is safe."""

    code = "platform.system_busy"
    kind = "fault"
    remedy = Remedy("platform.remedy.try_again")


@dataclass(eq=False)
class SystemDefect(BusinessError):
    """Our mistake. Nothing was saved."""

    code = "platform.system_defect"
    kind = "defect"
    remedy = Remedy("platform.remedy.report_trace")
    trace: str


# ---------------------------------------------------------------- reading and writing JSON


class _Reader(Parser):
    """Numbers with a point are read as decimals, never as floats; NaN and Infinity are refused."""

    def parse_body(self, request: HttpRequest) -> Any:
        if len(request.body) > _LARGEST_BODY:
            raise RequestTooLarge
        body = json.loads(request.body, parse_float=Decimal, parse_constant=_no_constant)
        _check_depth(body)
        return body


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _check_depth(body: Any) -> None:
    level, depth = [body], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        level = [
            inner
            for value in level
            if isinstance(value, (dict, list))
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, (dict, list))
        ]


class _Writer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return packed(data)


# ---------------------------------------------------------------- refusals


def _status(problems: list[Problem]) -> int:
    """The heaviest of what stands in the way decides."""
    errors = [p.error for p in problems]
    for kind, status in _STATUS_OF_TYPE:
        if any(isinstance(error, kind) for error in errors):
            return status
    kinds = {error.kind for error in errors}
    for word, status in (("defect", 500), ("fault", 503), ("refusal", 422), ("conflict", 409)):
        if word in kinds:
            return status
    return 428


_STATUS_OF_TYPE: tuple[tuple[type[BusinessError], int], ...] = (
    (NotSignedIn, 401),
    (OriginUnproven, 403),
    (NotFound, 404),
    (NotAllowed, 403),
    (RequestTooLarge, 413),
    (RequestUnreadable, 400),
)


def refuse(
    request: HttpRequest, problems: list[Problem], status: int | None = None
) -> HttpResponse:
    """Refusals as an answer, in the language of the one who asked."""
    body = {"refusals": said(problems, language_of(request)), "trace": trace_of(request)}
    return answer(status or _status(problems), body)


def language_of(request: HttpRequest) -> str:
    """The person's language, or the one their browser prefers."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is not None and actor.language in messages.LANGUAGES:
        return actor.language
    asked = request.headers.get("Heyi-Language") or request.GET.get("language")
    return messages.negotiated(asked, request.headers.get("Accept-Language", ""))


def trace_of(request: HttpRequest) -> str:
    """The number under which the logs know this request."""
    known = getattr(request, "trace", "")
    if not known:
        known = request.trace = uuid4().hex[:16]  # type: ignore[attr-defined]
    return known


def _on_business(request: HttpRequest, error: BusinessError) -> HttpResponse:
    return refuse(request, [Problem(error)])


def _on_refusals(request: HttpRequest, error: Refusals) -> HttpResponse:
    return refuse(request, error.problems)


def _on_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = []
    for one in error.errors[:50]:
        where = ".".join(str(step) for step in one.get("loc", ())[1:])
        problems.append(Problem(RequestUnreadable(where, str(one.get("type", "")))))
    return refuse(request, problems or [Problem(RequestUnreadable("", "shape"))])


def _on_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, (RequestDataTooBig, RequestTooLarge)):
        return refuse(request, [Problem(RequestTooLarge())])
    if error.status_code == 400:
        return refuse(request, [Problem(RequestUnreadable("body", "json"))])
    return refuse(
        request, [Problem(RequestUnreadable("", str(error.status_code)))], error.status_code
    )


def _on_missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return refuse(request, [Problem(NotFound("", []))])


def _on_database(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    state = getattr(error.__cause__, "sqlstate", None) or ""
    away = isinstance(error, (OperationalError, InterfaceError)) and state[:2] != "42"
    if away or state in ("57014", "55P03", "53300"):
        log.warning("database_busy", error=str(error))
        return refuse(request, [Problem(SystemBusy())])
    if isinstance(error, (IntegrityError, DataError)) or state == "23001":
        try:
            return refuse(request, [refused_by_database(error)])
        except DatabaseError:
            pass
    return _on_defect(request, error)


def _on_defect(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say nothing of what went wrong inside; the trace finds it in the logs."""
    trace = trace_of(request)
    log.error("defect", trace=trace, path=request.path, method=request.method, exc_info=error)
    for report in modules.declared("defects"):
        report(error, trace=trace, path=request.path, actor=getattr(request, "actor", None))
    return refuse(request, [Problem(SystemDefect(trace))])


_HANDLERS: tuple[tuple[type[Exception], Callable[..., HttpResponse]], ...] = (
    (Exception, _on_defect),
    (DatabaseError, _on_database),
    (InterfaceError, _on_database),
    (Http404, _on_missing),
    (LookupError, _on_defect),
    (HttpError, _on_http),
    (ValidationError, _on_shape),
    (Refusals, _on_refusals),
    (BusinessError, _on_business),
)

# ---------------------------------------------------------------- words, screens, menu

about = Router(tags=["screens"])


@about.get("/messages/{language}", response={200: dict[str, str], **_REFUSED}, auth=None)
def read_messages(request: HttpRequest, language: str) -> HttpResponse:
    """All words of one language, by key. Cache by ETag."""
    if language not in messages.LANGUAGES:
        raise NotFound("platform.messages", [])
    return _tagged(request, *messages.page(language))


@about.get("/screens/{screen}", response={200: shape.ScreenOut, **_REFUSED})
def read_screen(request: HttpRequest, screen: str) -> HttpResponse:
    """A screen as this person gets it. Cache by ETag."""
    seen = _screen(request, screen)
    seen.access.require(_actor(request), "read")
    return _tagged(request, *seen.json)


@about.get("/menu", response={200: list[shape.MenuModule], **_REFUSED})
def read_menu(request: HttpRequest) -> list[dict[str, Any]]:
    """The screens this person may read, by module and group: daily work before what it stands on."""
    actor = _actor(request)
    menu: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for declared in reversed(modules.screens().values()):
        if Access.registry[declared.id].allows(actor, "read"):
            groups = menu.setdefault(declared.module, {})
            groups.setdefault(declared.group, []).insert(0, _menu_screen(declared.id, actor))
    order = ("documents", "masters", "setup", "reports")
    return [
        {
            "module": module,
            "label": f"module.{module}",
            "groups": [{"id": g, "screens": groups[g]} for g in order if g in groups],
        }
        for module, groups in menu.items()
    ]


def _menu_screen(screen_id: str, actor: Actor) -> dict[str, Any]:
    screen = screens.seen_by(screen_id, actor)
    presets = screen.declared.listing.presets or {}
    return {
        "id": screen_id,
        "label": f"{screen_id}.plural",
        "can_create": screen.can_create,
        "presets": [
            {"id": p, "label": screens.preset_label(screen.declared, p), "filter": presets[p]}
            for p in presets
        ],
    }


@about.get("/lookups/{lookup}", response={200: list[shape.OfferOut], **_REFUSED})
def read_lookup(
    request: HttpRequest, lookup: str, q: str = "", ids: str = "", codes: str = "", limit: int = 20
) -> HttpResponse:
    """What a reference field may be set to: by typed text, ids ("1,2"), or exact codes ("A,B")."""
    if lookup not in modules.lookups():
        raise NotFound("platform.lookup", [])
    wanted = [int(i) for i in ids.split(",") if i.strip().isascii() and i.strip().isdigit()]
    found = lists.offers(
        lookup,
        _actor(request),
        typed=q,
        ids=[i for i in wanted if i <= _LARGEST_ID],
        codes=[c for c in codes.split(",") if c.isprintable() and c],
        limit=limit,
    )
    if ids and not wanted:
        found = []
    return answer(200, found)


# ---------------------------------------------------------------- records

generic = Router(tags=["records"])


@generic.get("/{screen}", response={200: shape.PageOut, **_REFUSED})
def read_list(
    request: HttpRequest,
    screen: str,
    filter: str = "",
    search: str = "",
    order: str = "",
    preset: str = "",
    limit: int = 50,
    after: str = "",
) -> HttpResponse:
    """One page of a list. `filter` is JSON: {"state": ["draft"], "on": {"from": "2026-11-01"}}."""
    _screen(request, screen)
    query = lists.Query(_filter(filter), search, order, preset, limit, after)
    page = lists.page(screen, _actor(request), query)
    return answer(200, {"rows": page.rows, "next": page.next})


@generic.get("/{screen}/new", response={200: shape.RecordOut, **_REFUSED})
def begin_record(request: HttpRequest, screen: str) -> HttpResponse:
    """An empty form with its defaults."""
    _screen(request, screen)
    return answer(200, records.new(screen, _actor(request)))


@generic.post("/{screen}/preview", response={200: shape.RecordOut, **_REFUSED})
def preview_record(request: HttpRequest, screen: str, body: shape.DraftIn) -> HttpResponse:
    """What a save would make of this, with every problem by cell. Writes nothing."""
    _screen(request, screen)
    draft = body.model_dump()
    return answer(200, records.preview(screen, _actor(request), draft, _id(body.id)))


@generic.post("/{screen}", response={201: shape.RecordOut, **_REFUSED})
def create_record(request: HttpRequest, screen: str, body: shape.DraftIn) -> HttpResponse:
    """Keep a new record. Needs an Idempotency-Key."""
    _screen(request, screen)
    draft = body.model_dump()
    return write(request, lambda: (201, records.save(screen, _actor(request), draft)))


@generic.get("/{screen}/{int:id}", response={200: shape.RecordOut, **_REFUSED})
def read_record(request: HttpRequest, screen: str, id: int) -> HttpResponse:
    """One record with its lines and what may be done with it."""
    _screen(request, screen)
    return answer(200, records.get(screen, _actor(request), _id(id) or 0))


@generic.put("/{screen}/{int:id}", response={200: shape.RecordOut, **_REFUSED})
def change_record(request: HttpRequest, screen: str, id: int, body: shape.DraftIn) -> HttpResponse:
    """Change a record. Needs an Idempotency-Key and the version that was read."""
    _screen(request, screen)
    draft = body.model_dump()
    return write(request, lambda: (200, records.save(screen, _actor(request), draft, _id(id))))


@generic.post("/{screen}/actions/{verb}", response={200: shape.MovedListOut, **_REFUSED})
def act(request: HttpRequest, screen: str, verb: str, body: shape.TransitionIn) -> HttpResponse:
    """Take one step with one or many documents, all or none. Needs an Idempotency-Key.

    428 lists warnings; repeat the request with their codes in `acknowledge` and a new key.
    """
    _screen(request, screen)
    if not all(0 < i <= _LARGEST_ID and 0 <= v < 2**31 for i, v in body.versions.items()):
        raise NotFound(screen, [])

    def work() -> tuple[int, Any]:
        moved = documents.transition(
            screen,
            verb,
            body.versions,
            actor=_actor(request),
            reason=_plain("reason", body.reason),
            acknowledge=body.acknowledge,
        )
        return 200, {"records": moved}

    return write(request, work)


@generic.get("/{screen}/{int:id}/log", response={200: list[shape.LogOut], **_REFUSED})
def read_log(request: HttpRequest, screen: str, id: int) -> HttpResponse:
    """Who moved the document, when and why; the oldest first."""
    _seen(request, screen, id)
    rows = fetch(
        """
        SELECT l.transition, l.actor, coalesce(u.name, l.actor), l.at, l.reason, l.acknowledged
        FROM platform_documentlog l LEFT JOIN identity_user u ON u.id = l.actor_id
        WHERE l.document_type = %s AND l.document_id = %s ORDER BY l.id
        """,
        [screen, id],
    )
    steps = []
    for transition, actor, name, at, reason, acknowledged in rows:
        codes = json.loads(acknowledged) if isinstance(acknowledged, str) else acknowledged
        steps.append(
            {"transition": transition, "actor": actor, "actor_name": name, "at": at,
             "reason": reason, "acknowledged": codes}
        )  # fmt: skip
    return answer(200, steps)


@generic.get("/{screen}/{int:id}/panels/{panel}", response={200: Any, **_REFUSED})
def read_panel(request: HttpRequest, screen: str, id: int, panel: str) -> HttpResponse:
    """A panel beside a record, from the module that contributes it."""
    return _panel(request, screen, id, panel)


@generic.get("/{screen}/{int:id}/postings", response={200: Any, **_REFUSED})
def read_postings(request: HttpRequest, screen: str, id: int) -> HttpResponse:
    """What the document left in the ledgers: vouchers with their lines, and moves."""
    return _panel(request, screen, id, "platform.postings")


@generic.get("/{screen}/{int:id}/graph", response={200: Any, **_REFUSED})
def read_graph(request: HttpRequest, screen: str, id: int) -> HttpResponse:
    """Where the document comes from and what came of it."""
    return _panel(request, screen, id, "platform.graph")


def _panel(request: HttpRequest, screen: str, id_: int, panel: str) -> HttpResponse:
    _seen(request, screen, id_)
    provider = modules.function("panels", panel)
    if provider is None:
        raise NotFound(panel, [])
    return answer(200, provider(screen, id_, actor=_actor(request)))


# ---------------------------------------------------------------- small parts


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def _screen(request: HttpRequest, screen_id: str) -> screens.Compiled:
    if screen_id not in modules.screens():
        raise NotFound("platform.screen", [])
    return screens.seen_by(screen_id, _actor(request))


def _seen(request: HttpRequest, screen_id: str, id_: int) -> None:
    """Refuse unless the actor may see this record."""
    screen, actor = _screen(request, screen_id), _actor(request)
    rows = screen.model._default_manager.filter(pk=_id(id_))
    if not screen.access.visible(actor, rows).exists():
        raise NotFound(screen_id, [id_])


def _id(id_: int | None) -> int | None:
    if id_ is not None and not 0 < id_ <= _LARGEST_ID:
        raise NotFound("", [])
    return id_


def _plain(path: str, text: str) -> str:
    return clean_text(path, text[:2000], lines=True)


def _filter(raw: str) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        wanted = json.loads(raw, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise RequestUnreadable("filter", "json") from None
    if not isinstance(wanted, dict):
        raise RequestUnreadable("filter", "object")
    return wanted


def _tagged(request: HttpRequest, body: bytes, tag: str) -> HttpResponse:
    if tag in request.headers.get("If-None-Match", ""):
        found = HttpResponse(status=304)
    else:
        found = HttpResponse(body, content_type="application/json")
    found["ETag"] = tag
    found["Cache-Control"] = "private, no-cache"
    return found


# ---------------------------------------------------------------- docs


class _Docs(DocsBase):
    """Swagger UI from the installed package: no other site is asked for anything."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        return HttpResponse(_DOCS_PAGE, content_type="text/html; charset=utf-8")


_ASSETS = Path(ninja.__file__).parent / "static" / "ninja"
_DOCS_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Heyi API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head><body><div id="swagger"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script></body></html>"""
_DOCS_START = """SwaggerUIBundle({url: "/api/openapi.json", dom_id: "#swagger", deepLinking: true,
requestInterceptor: (r) => {
  const token = document.cookie.match(/csrftoken=([^;]+)/);
  if (token) r.headers["X-CSRFToken"] = token[1];
  if (r.method !== "GET" && r.method !== "get") r.headers["Idempotency-Key"] = crypto.randomUUID();
  return r; }});"""


@about.get("/docs/{name}", include_in_schema=False, auth=None)
def read_docs_asset(request: HttpRequest, name: str) -> Any:
    if name == "start.js":
        return HttpResponse(_DOCS_START, content_type="text/javascript")
    if name not in ("swagger-ui.css", "swagger-ui-bundle.js"):
        raise NotFound("", [])
    return FileResponse((_ASSETS / name).open("rb"))


# ---------------------------------------------------------------- the API object


def build(namespace: str = "api") -> NinjaAPI:
    """The whole API: the generic endpoints and every module's own."""
    api = NinjaAPI(
        title="Heyi",
        version=heyi.__version__,
        urls_namespace=namespace,
        renderer=_Writer(),
        parser=_Reader(),
        docs=_Docs(),
        docs_url="/docs",
        openapi_url="/openapi.json",
        auth=auth,
    )
    for kind, handler in _HANDLERS:
        api.add_exception_handler(kind, handler)
    api.add_router("", about)
    for module in modules.modules():
        for prefix, path in _routes(module.routes):
            package, _, name = path.rpartition(".")
            api.add_router(prefix, getattr(import_module(package), name))
    api.add_router("/records", generic)
    return api


def _routes(declared: Any) -> tuple[tuple[str, str], ...]:
    if not declared:
        return ()
    return (declared,) if isinstance(declared[0], str) else tuple(declared)


api = build()
