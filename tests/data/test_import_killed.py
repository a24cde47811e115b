"""A load whose process is killed in the middle: what was loaded stays, the rest follows, nothing twice."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings

from heyi.platform.imports import batches, loading
from heyi.platform.transactions import unit_of_work

from .conftest import World
from .test_imports import PRODUCT, many, uploaded

COUNT, CHUNK = 400, 20
CHILD = f"""
import sys, django
django.setup()
from heyi.platform.access import Actor
from heyi.platform.imports import loading
loading.CHUNK = {CHUNK}
batch, company = map(int, sys.argv[1:])
actor = Actor(11, "li", company, frozenset({{"purchase.buyer", "system.member"}}), stamp=1)
loading.load(batch, actor, lambda done, total: print(done, flush=True))
"""


def database_url():
    """The address of the database the tests run in."""
    name = settings.DATABASES["default"]["NAME"]
    parts = urlsplit(os.environ["HEYI_DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("HEYI_DATABASE_URL" not in os.environ, reason="needs a named database")
def test_a_killed_load_goes_on_and_loads_nothing_twice():
    from heyi.product.models import Product

    world = World("KILLED")
    batch = uploaded(world.buyer, many(COUNT))
    unit_of_work(lambda: batches.approve(PRODUCT, batch.pk, batch.version, actor=world.buyer))
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(batch.pk), str(world.company.pk)],
        stdout=subprocess.PIPE, text=True,
        env={**os.environ, "HEYI_DATABASE_URL": database_url()},
    )  # fmt: skip
    for line in child.stdout:
        if int(line) >= 3 * CHUNK:
            child.kill()
            break
    child.wait()
    loaded = Product.objects.filter(code__startswith="P-").count()
    assert 3 * CHUNK <= loaded < COUNT
    assert loaded % CHUNK == 0
    done = batches.counts(loading.load(batch.pk, world.buyer))
    assert (done.created, done.unchanged, done.invalid) == (COUNT, 0, 0)
    assert Product.objects.filter(code__startswith="P-").count() == COUNT
