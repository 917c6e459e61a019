"""Fixtures for all tests: the hypothesis profiles and what must not be skipped where it is required."""

import gc
import os
import random
import tempfile
import time
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings

from tests.paths import roomy

gc.disable()  # what is collected stays to the end: looking through it again and again takes a third of the time
if "TMPDIR" not in os.environ:
    os.environ["TMPDIR"] = tempfile.tempdir = roomy()
settings.register_profile(
    "default",
    derandomize=True,
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("soak", parent=settings.get_profile("default"), derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("KASSE_HYPOTHESIS", "default"))
SOAK_ENDS = float(os.environ.get("KASSE_SOAK_ENDS", "0"))
"""When no soak test is begun any more, in seconds since 1970 (`KASSE_SOAK_MINUTES` of dev.py), or 0."""


def needs(part: str, present: bool, reason: str) -> None:
    """Skip with a reason, or fail where KASSE_REQUIRE says that the part must be there."""
    if present:
        return
    if part in os.environ.get("KASSE_REQUIRE", "").split(","):
        pytest.fail(f"KASSE_REQUIRE names {part}: {reason}")
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop():
    """Look for garbage again, but not among what was collected."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Leave to the soak what a test of many cases tries on the second engine after its first case.

    Cases differ in what is decided, seldom in the SQL; tests marked `engines` differ there. Named tests run as named.
    """
    if any("::" in argument for argument in config.args):
        return
    cases = defaultdict(list)
    for item in items:
        if hasattr(item, "callspec") and item.callspec.params.get("book") == "postgresql":
            cases[item.path, item.originalname].append(item)
    for found in cases.values():
        if not found[0].get_closest_marker("engines"):
            for item in found[1:]:
                item.add_marker("soak")
    if SOAK_ENDS:
        items[:] = drawn_anew(items)


def drawn_anew(items):
    """Return tests in an order of files that differs with each run, so that what ends early tries all in the end."""
    files = sorted({item.path for item in items})
    random.Random(SOAK_ENDS).shuffle(files)
    return sorted(items, key=lambda item: files.index(item.path))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Begin no soak test that would not end in its time."""
    soak = item.get_closest_marker("soak")
    if SOAK_ENDS and soak and time.time() + 60 * soak.kwargs.get("minutes", 0) > SOAK_ENDS:
        pytest.skip("the time for soak tests is over")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A filled SQLite book, made once and copied for every test."""
    from tests import books

    path = tmp_path_factory.mktemp("template") / "template.db"
    books.make_sqlite_template(path)
    return path


@pytest.fixture(scope="session")
def postgres_server():
    """The address of a real PostgreSQL server, or a skip with the reason."""
    from tests.servers import postgres_url

    with postgres_url() as (url, reason):
        needs("pg", bool(url), reason)
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server, worker_id):
    """A filled PostgreSQL book, made once; tests get databases made from it."""
    from tests import books

    name = f"kasse_template_{worker_id}"
    books.make_postgres_template(postgres_server, name)
    yield name
    books.run_sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_databases(postgres_server, postgres_template):
    """Databases like the template, restored after each test."""
    from tests.databases import Databases

    databases = Databases(postgres_server, postgres_template)
    yield databases
    databases.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def book(request, tmp_path):
    """The location of a fresh, filled book; every test runs on both engines."""
    from tests import books

    if request.param == "sqlite":
        with books.sqlite_copy(request.getfixturevalue("sqlite_template"), tmp_path) as location:
            yield location
        return
    databases = request.getfixturevalue("postgres_databases")
    with databases.one() as name:
        yield books.database(databases.server, name)


@pytest.fixture
def store(book):
    """An open book on either engine, acting as root."""
    from tests import books

    store = books.opened(book)
    yield store
    store.close()
