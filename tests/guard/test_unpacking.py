"""Answers that hold far more than they weigh, that are packed oddly, or that come drop by drop: over real HTTP."""

import gzip
import threading
import tracemalloc
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import pytest
import zstandard

from thalweg.core.errors import TooLarge, Unavailable
from thalweg.guard.outbound import Outbound
from thalweg.guard.questions import Question, answered

WORDS = b'{"type": "Feature"}' * 5_000
BOMB = b"\0" * 2**25
NOTHING = b"\0\0\0\xff\xff"
"""A block that is packed of nothing."""
FEW = 2**22


def raw(content):
    packing = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packing.compress(content) + packing.flush()


@pytest.fixture
def site():
    """Return a server whose answers are told by path: status, headers, body."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(dict(self.headers))
            self._answer()

        def do_HEAD(self):
            self._answer(b"")

        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self._answer()

        def _answer(self, instead=None):
            status, headers, body = server.answers[self.path]
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if instead is None else instead)

        def log_message(self, *_args):
            pass

    asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        server.answers, server.asked = {}, asked
        server.handle_error = lambda *_args: None  # who asked hung up
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def serve(site, body, packing, status=200, **headers):
    site.answers["/"] = (status, {"content-encoding": packing, **headers}, body)
    return f"http://127.0.0.1:{site.server_port}/"


def guard():
    return Outbound(allowed=["127.0.0.1"])


def by_both(ask):
    """Ask by the client for threads, and by that for event loops."""
    with guard().client(follow_redirects=True) as client:
        yield ask(client.request)

    async def asynchronously():
        async with guard().async_client(follow_redirects=True) as client:
            return await client.request(*ask(lambda *asked: asked))

    yield anyio.run(asynchronously)


@pytest.mark.parametrize(
    ("packing", "pack"),
    [("gzip", gzip.compress), ("X-Gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw)],
)
def test_what_is_packed_is_unpacked(site, packing, pack):
    url = serve(site, pack(WORDS), packing)
    for answer in by_both(lambda request: request("GET", url)):
        assert answer.content == WORDS
        assert "content-encoding" not in answer.headers
    assert {one["accept-encoding"] for one in site.asked} == {"gzip, deflate"}


def test_a_body_that_is_not_packed_comes_as_it_is(site):
    for packing in ("", "identity"):
        url = serve(site, WORDS, packing)
        assert [answer.content for answer in by_both(lambda request, url=url: request("GET", url))] == [WORDS, WORDS]


def test_an_answer_without_a_body_may_say_that_it_is_packed(site):
    url = serve(site, gzip.compress(WORDS), "br")
    assert [answer.status_code for answer in by_both(lambda request: request("HEAD", url))] == [200, 200]


@pytest.mark.parametrize(
    ("packing", "body"),
    [
        ("gzip", gzip.compress(WORDS)[:-20]),
        ("gzip", b"no gzip at all"),
        ("gzip, gzip", gzip.compress(gzip.compress(BOMB))),
        ("zstd", zstandard.compress(BOMB)),
        ("br", b"\x0b\x02\x80"),
        ("gzip", gzip.compress(WORDS) + bytes(2**20)),
        ("gzip", gzip.compress(b"")[:10] + NOTHING * 2**17 + gzip.compress(b"")[10:]),
    ],
)
def test_what_is_cut_off_or_packed_unasked_is_no_answer(site, packing, body):
    tracemalloc.start()
    try:
        with pytest.raises(Unavailable, match="DecodingError"):
            answered(guard(), Question(serve(site, body, packing)), 2**30, 20)
        assert tracemalloc.get_traced_memory()[1] < FEW
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("status", "headers"), [(200, {}), (302, {"location": "/there"})])
def test_a_bomb_is_left_at_the_bound_and_not_read_for_a_redirect(site, status, headers):
    url = serve(site, gzip.compress(BOMB, 9), "gzip", status, **headers)
    site.answers["/there"] = (200, {}, b"there")
    tracemalloc.start()
    try:
        with guard().client(follow_redirects=True) as client, client.stream("GET", url) as answer:
            first = next(answer.iter_bytes())
        assert tracemalloc.get_traced_memory()[1] < FEW
    finally:
        tracemalloc.stop()
    assert len(first) == 2**16 if status == 200 else first == b"there"


def test_what_follows_the_end_is_left(site):
    url = serve(site, gzip.compress(WORDS) + bytes(2**10), "gzip")
    assert [answer.content for answer in by_both(lambda request: request("GET", url))] == [WORDS, WORDS]


def test_a_question_has_an_answer_of_so_many_bytes(site):
    url = serve(site, gzip.compress(WORDS * 10), "gzip")
    assert answered(guard(), Question(url, b"<a/>"), len(WORDS) * 10, 20).content == WORDS * 10
    with pytest.raises(TooLarge, match="more than 100"):
        answered(guard(), Question(url), 100, 20)


def test_a_redirect_is_an_answer(site):
    url = serve(site, b"", "", 302, location="http://10.0.0.1/")
    assert answered(guard(), Question(url), 100, 20).status == 302


@pytest.mark.parametrize("drop", [b"X-A: b\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_headers_that_come_drop_by_drop_are_waited_for_no_longer_than_is_said(drop):
    over = threading.Event()

    class Dripping(BaseHTTPRequestHandler):
        def do_GET(self):
            if drop.startswith(b"X"):
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.05):
                self.wfile.write(drop)

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Dripping) as server:
        server.handle_error = lambda *_args: None
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            with pytest.raises(Unavailable, match="within"):
                answered(guard(), Question(f"http://127.0.0.1:{server.server_port}/"), 100, 0.3)
        finally:
            over.set()
            server.shutdown()
            thread.join()


def test_a_name_that_is_looked_up_for_ever_is_waited_for_no_longer_than_is_said():
    over = threading.Event()
    slow = Outbound(resolve=lambda _host, _port: over.wait(30) and ["127.0.0.1"])
    try:
        with pytest.raises(Unavailable, match="within"):
            answered(slow, Question("http://example.org/"), 100, 0.2)
    finally:
        over.set()


def test_a_name_that_turns_inside_between_a_page_and_the_next_is_asked_no_more(site):
    """The first answer of the resolver is where the site is; from the second on it is an address inside."""
    found = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1", "10.0.0.1"]])
    rebinding = Outbound(allowed=["127.0.0.1"], resolve=lambda _host, _port: next(found))
    serve(site, WORDS, "")
    with rebinding.client() as client:
        url = f"http://rebinding.example:{site.server_port}/"
        assert client.get(url).status_code == 200
        for _ in range(2):
            with pytest.raises(Exception, match="not public"):
                client.get(url)
    assert len(site.asked) == 1
