"""The built UI, from memory: hashed files for ever, the rest checked by tag, any other path the app.

It is a few megabytes that never change while a process lives; compressed copies are made by the
build. A plain view keeps one server, one set of headers and no extra process.
"""

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ninja
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

import heyi

BUILT = Path(heyi.__file__).parent / "web"
FOR_EVER = "public, max-age=31536000, immutable"
MISSING = (
    "<!doctype html><meta charset=utf-8><title>Heyi</title><p>The user interface is not built: "
    "run <code>make setup</code> in the checkout. The API is at <a href=/api/docs>/api/docs</a>."
)
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True)
class File:
    content: bytes
    compressed: bytes | None
    type: str
    tag: str
    for_ever: bool


def app(request: HttpRequest, path: str = "") -> HttpResponse:
    """A file of the UI, or the app itself: it knows its own addresses."""
    files = _files()
    file = files.get(path)
    if file is None:
        if path.startswith(("assets/", "static/")):
            return HttpResponse(status=404)
        file = files.get("index.html") or _file("index.html", MISSING.encode(), None)
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    return _serve(request, file)


def docs(request: HttpRequest, path: str) -> HttpResponse:
    """Files of the API's own pages at /api/docs."""
    file = _docs().get(path)
    return _serve(request, file) if file else HttpResponse(status=404)


def _serve(request: HttpRequest, file: File) -> HttpResponse:
    headers = {
        "ETag": file.tag,
        "Cache-Control": FOR_EVER if file.for_ever else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if file.tag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    content = file.content
    if file.compressed and "gzip" in request.headers.get("Accept-Encoding", ""):
        content, headers["Content-Encoding"] = file.compressed, "gzip"
    headers["Content-Length"] = str(len(content))
    return HttpResponse(content, content_type=file.type, headers=headers)


@cache
def _files() -> dict[str, File]:
    return _all(BUILT)


@cache
def _docs() -> dict[str, File]:
    return _all(Path(ninja.__file__).parent / "static")


def _all(folder: Path) -> dict[str, File]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in (".gz", ".map"):
            name = path.relative_to(folder).as_posix()
            packed = path.with_name(path.name + ".gz")
            found[name] = _file(
                name, path.read_bytes(), packed.read_bytes() if packed.exists() else None
            )
    return found


def _file(name: str, content: bytes, compressed: bytes | None) -> File:
    type_ = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if type_.startswith("text/"):
        type_ += "; charset=utf-8"
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    return File(content, compressed, type_, tag, name.startswith("assets/"))
