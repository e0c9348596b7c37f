"""Where the catalogue's faces are led by addresses that others write."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from thalweg.catalogue.records.fetching import Fetcher
from thalweg.core.errors import InvalidParameter, Unavailable
from thalweg.guard.outbound import Outbound

XML = {"content-type": "application/xml"}
ODD = ("http://xn--a/", "http://xn--zz.example/x")
"""Names of the international kind that spell nothing."""
_SPACE = 'xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2"'


@pytest.fixture
def leading():
    """Return the address of a server that leads on to the address in its query."""

    class Leading(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("location", self.path.partition("?")[2])
            self.end_headers()

        def log_message(self, *_said):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Leading)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/?"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("odd", [*ODD, "http://[", "http://", "//", "file:///etc/passwd", "http://127.0.0.2/"])
def test_who_leads_to_an_odd_address_gives_nothing(leading, odd):
    with (
        Fetcher(Outbound(allowed=["127.0.0.1"]), 1_000, seconds=10) as fetcher,
        pytest.raises((InvalidParameter, Unavailable)),
    ):
        fetcher.get(leading + odd)


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_address_is_refused_in_words(ben, anyone, odd):
    harvest = {"service": "CSW", "version": "2.0.2", "request": "Harvest", "source": odd}
    harvest["resourceType"] = "http://www.isotc211.org/2005/gmd"
    handled = (
        f'<csw:GetRecords {_SPACE} resultType="results"><csw:ResponseHandler>{odd}</csw:ResponseHandler>'
        '<csw:Query typeNames="csw:Record"/></csw:GetRecords>'
    )
    told = (ben.client.get("/csw", params=harvest), anyone.post("/csw", content=handled, headers=XML))
    assert [answer.status_code for answer in told] == [400, 400]
    assert all("InvalidParameterValue" in answer.text for answer in told)
