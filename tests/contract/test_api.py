"""The API as a program sees it."""

import collections
import importlib

from ninja import Schema


def schemas(kind=Schema):
    for sub in kind.__subclasses__():
        yield sub
        yield from schemas(sub)


def test_every_shape_has_a_name_of_its_own():
    """OpenAPI keeps one of two shapes of the same name, and a typed client then lies."""
    importlib.import_module("heyi.site.urls")
    places = collections.defaultdict(set)
    for schema in schemas():
        if schema.__module__.startswith("heyi."):
            places[schema.__name__].add(schema.__module__)
    assert {name: sorted(p) for name, p in places.items() if len(p) > 1} == {}
