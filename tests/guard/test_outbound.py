"""An attacker's table of addresses against the outbound guard."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import httpx
import pytest

from thalweg.core.errors import InvalidParameter, Unavailable
from thalweg.guard.outbound import Outbound

PUBLIC = "93.184.215.14"

NOT_PUBLIC = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3",  # noqa: S104
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.0.8", "192.88.99.1", "198.18.0.1",
    "::1", "::", "fe80::1", "fe80::1%lo", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:93.184.215.14",
    "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1",
    "2001:0:53aa:64c:0:0:80ff:fffe", "2001:db8::1", "3fff::1", "100::1", "5f00::1", "fec0::1",
]  # fmt: skip

REFUSED = [
    "http://2130706433/", "http://0x7f.1/", "http://017700000001/", "http://127.1/", "http://127.0.1/",
    "http://0x7f000001/", "http://0177.0.0.1/", "http://127.0.0.0x1/", "http://00127.0.0.1/", "http://0/",
    "http://127.0.0.1./", "http://127.0.0.1.:80/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::1]/", "http://[::]/", "http://[64:ff9b::127.0.0.1]/",
    "http://[fe80::1%25lo]/", "http://[fe80::1%lo]/", "http://127.0.0.1:80@example.org/", "http://user@example.org/",
    "http://user:secret@example.org/", "http://example.org@127.0.0.1/", "http://127。0。0。1/", "http://127\uff0e0\uff0e0\uff0e1/",
    "http://\uff11\uff12\uff17.0.0.1/", "http://①②⑦.0.0.1/", "http://ⓛocalhost/", "http://1.1.1.1 &@2.2.2.2# @3.3.3.3/",
    "http://127.0.0.1\\@example.org/", "http:\\\\127.0.0.1/", "http://example.org\n/", "http://exam\tple.org/",
    "http:///path", "http://", "http:127.0.0.1/", "//127.0.0.1/", "127.0.0.1", "", "http://.../", "http://a..b/",
    "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "javascript:alert(1)", "s3://bucket/key",
    "/vsicurl/http://example.org/", "http://169.254.169.254/latest/meta-data/", "http://256.256.256.256/",
    "http://%31%32%37.0.0.1/", "http://example.org:99999/", "http://example.org:0/", "http://[v1.x]/",
    "http://" + "a" * 3000 + ".org/",
    "http://127.0.0.1%00.example.org/", "http://-a.org/", "http://a.0x7f/", "http://xn--a/",
]  # fmt: skip


def names(**table):
    def resolve(host, _port):
        if host not in table:
            raise socket.gaierror(host)
        return table[host]

    return resolve


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_that_leads_to_an_address_that_is_not_public_is_refused(address):
    outbound = Outbound(resolve=lambda _host, _port: [address])
    with pytest.raises(InvalidParameter, match=r"^assets/a/href: .*not public"):
        outbound.check("https://example.org/x.tif", "assets/a/href")


@pytest.mark.parametrize("url", REFUSED)
def test_no_spelling_passes(url):
    with pytest.raises(InvalidParameter):
        Outbound(resolve=lambda _host, _port: [PUBLIC if "example" in _host else "127.0.0.1"]).check(url)


def test_localhost_is_refused_by_the_systems_own_resolver():
    with pytest.raises(InvalidParameter):
        Outbound().check("http://localhost:8000/")


@pytest.mark.parametrize("addresses", [[PUBLIC, "10.0.0.1"], ["2606:4700::1111", "::1"]])
def test_one_private_address_among_public_ones_spoils_the_name(addresses):
    with pytest.raises(InvalidParameter):
        Outbound(resolve=lambda _host, _port: addresses).check("http://example.org/")


@pytest.mark.parametrize("url", ["http://example.org/a", "https://EXAMPLE.org:8443/a?b=c", "http://example.org./"])
def test_a_public_address_passes_and_is_pinned(url):
    checked = Outbound(resolve=names(**{"example.org": [PUBLIC]})).check(url)
    assert (checked.host, checked.address) == ("example.org", PUBLIC)


def test_public_literals_pass():
    assert Outbound().check("https://93.184.215.14/").address == PUBLIC
    assert Outbound().check("https://[2606:4700::1111]:8443/").port == 8443


def test_a_name_without_an_address_is_unavailable_and_says_no_more():
    with pytest.raises(Unavailable, match="no address"):
        Outbound(resolve=names()).check("http://nowhere.example/")


def test_an_operator_may_allow_a_network_or_a_host_and_nothing_else_with_it():
    outbound = Outbound(allowed=["10.1.0.0/16", "intranet.example"], resolve=lambda _host, _port: ["192.168.0.1"])
    assert outbound.check("http://10.1.2.3/").address == "10.1.2.3"
    assert outbound.check("http://intranet.example/").address == "192.168.0.1"
    for url in (
        "http://10.2.0.1/",
        "http://other.example/",
        "http://[::ffff:10.1.2.3]/",
        "http://sub.intranet.example/",
    ):
        with pytest.raises(InvalidParameter):
            outbound.check(url)


class _Site(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.hosts.append(self.headers["Host"])
        target = self.server.redirects.get(self.path)
        self.send_response(302 if target else 200)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_args):
        pass


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.hosts, server.redirects = [], {}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_connection_goes_to_the_address_that_was_checked(site):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    outbound = Outbound(allowed=["127.0.0.1"], resolve=lambda _host, _port: next(answers))
    with outbound.client() as client:
        assert client.get(f"http://rebinding.example:{site.server_port}/").text == "ok"
    assert site.hosts == [f"rebinding.example:{site.server_port}"]


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://0x7f.1/", "file:///etc/passwd", "http://[::1]/"])
def test_every_redirect_is_checked(site, target):
    site.redirects["/away"] = target
    outbound = Outbound(allowed=["127.0.0.1"])
    with (
        outbound.client(follow_redirects=True) as client,
        pytest.raises((InvalidParameter, httpx.UnsupportedProtocol)),
    ):
        client.get(f"http://127.0.0.1:{site.server_port}/away")


def test_the_asynchronous_client_is_guarded_likewise(site):
    site.redirects["/away"] = "http://10.0.0.1/"

    async def ask():
        async with Outbound(allowed=["127.0.0.1"]).async_client(follow_redirects=True) as client:
            first = await client.get(f"http://127.0.0.1:{site.server_port}/")
            with pytest.raises(InvalidParameter):
                await client.get(f"http://127.0.0.1:{site.server_port}/away")
            return first.text

    assert anyio.run(ask) == "ok"


def test_a_proxy_of_the_environment_is_not_asked(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Outbound(allowed=["127.0.0.1"]).client() as client:
        assert client.get(f"http://127.0.0.1:{site.server_port}/").status_code == 200
