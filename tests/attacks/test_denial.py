"""However many hold on to a connection, others are answered; nothing of a refused body is taken for a request."""

import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

_MANY = 40


@pytest.fixture
def connections(platform):
    """Return what opens a connection and sends some bytes."""
    place = urlsplit(platform.url)
    with ExitStack() as open_ones:

        def opened(sent: bytes) -> socket.socket:
            connection = open_ones.enter_context(socket.create_connection((place.hostname, place.port), timeout=10))
            connection.sendall(sent)
            return connection

        yield opened


def _request(line: str, *headers: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: platform", *headers, "", ""]).encode()


def _told(connection: socket.socket) -> bytes:
    heard = b""
    while part := connection.recv(65536):
        heard += part
    return heard


def test_uploads_that_stand_still_hold_up_nobody(ben, anyone, connections):
    bearer = f"Authorization: Bearer {ben.token}"
    for number in range(_MANY):
        path = f"/workspaces/{ben.id}/files/slow-{number}"
        connections(_request(f"PUT {path}", bearer, "Content-Length: 1000") + b"x")
    assert anyone.get("/health", timeout=10).status_code == 200
    assert anyone.get("/api/search", timeout=10).status_code == 200


def test_followers_and_slow_bodies_hold_up_nobody(anyone, connections):
    for _ in range(_MANY):
        connections(_request("GET /events", "Last-Event-ID: beginning"))
        connections(_request("POST /api/search", "Content-Length: 1000") + b"{")
    assert anyone.get("/health", timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("line", "headers"),
    [
        ("POST /workspaces/demo/add?name=x.tif", ()),
        ("PUT /workspaces/demo/files/x", ()),
        ("PUT /workspaces/demo/files/..%2fx", ("Authorization: Bearer wrong",)),
        ("POST /api/search", ("Content-Type: text/plain",)),
        ("POST /api/nothing", ()),
    ],
)
@pytest.mark.parametrize("length", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
def test_a_refused_body_is_never_the_next_request(connections, line, headers, length):
    smuggled = _request("GET /health")
    start = b"" if "Length" in length else b"186a0\r\n"
    heard = _told(connections(_request(line, *headers, length) + start + smuggled))
    assert heard.count(b"HTTP/1.1 ") == 1
    assert heard.split(b" ", 2)[1].startswith(b"4")
    assert b"connection: close" in heard.lower()


@pytest.mark.parametrize("host", ["[", 'a"b', "a/b?c#d@e", "a:99999999", "a\xff"])
def test_a_host_that_is_none_stands_in_no_answer(connections, host):
    heard = _told(connections(f"GET /api/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1")))
    assert heard.split(b" ", 2)[1] in (b"200", b"400")
    assert f"http://{host}/".encode() not in heard
