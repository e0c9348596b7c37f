"""Records as they are served in the tests."""

import httpx
import pytest
from callers import ALICE, BOB

from thalweg.catalogue.api.records import records as face
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.records.service import Records
from thalweg.core.principals import ANYONE
from thalweg.guard.outbound import Outbound
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import Root
from thalweg.web.site import Site

_CALLERS = {None: ANYONE, "Bearer alice": ALICE, "Bearer bob": BOB}


def _authenticate(method, headers):  # noqa: ARG001 - keeps the promise
    return _CALLERS[headers.get("authorization")]


@pytest.fixture
def alice():
    return ALICE


@pytest.fixture
def records(store, workspaces, limits):
    return Records(store, workspaces, limits)


@pytest.fixture
def outbound():
    """Return the guard, which lets the tests' own servers through."""
    return Outbound(allowed=("127.0.0.1",))


@pytest.fixture
def records_application(records, outbound):
    """Return the Records root, below the platform and below a workspace."""
    serving = RecordServing(records, Sealer(b"a secret of the tests"))
    roots = [
        Root(prefix, "Test", "A test.", face.faces(serving, lambda: outbound), "1", links=[face.landing_links])
        for prefix in ("/records", "/workspaces/{workspace}/records")
    ]
    return Application([route for root in roots for route in root.routes(Site(authenticate=_authenticate))])


@pytest.fixture
def records_client(records_application):
    """Return an HTTP client that nobody signed in with."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(records_application), base_url="http://eo.example")
