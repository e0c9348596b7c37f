"""Whether what Items lead to is there: hosts asked politely, through the guard; files looked at; changes told once."""

import socket
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic

import pytest
from callers import ALICE
from freshness_stores import on_both
from made_items import a_collection, an_item

from thalweg.blobs.folder import FolderBlobs
from thalweg.catalogue.freshness.asking import Hosts, Manners, judged
from thalweg.catalogue.freshness.checker import Checker
from thalweg.catalogue.freshness.files import LocalFiles
from thalweg.core.principals import ANYONE
from thalweg.guard.outbound import Outbound
from thalweg.sql.outbox import SqlOutbox

QUICK = Manners(seconds_a_host=0.0, seconds=5.0)
LOCAL = "thalweg:/workspaces/demo/files/"


class Host:
    """A host whose answers a test chooses: by path a status, for HEAD and GET alike unless told by method."""

    def __init__(self):
        self.answers, self.asked, self.headers = {}, Counter(), {}
        host = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                host.asked[(self.command, self.path)] += 1
                code = host.answers.get((self.command, self.path), host.answers.get(self.path, 404))
                self.send_response(code)
                for name, value in host.headers.get(self.path, {}).items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            do_HEAD = do_GET = answer  # noqa: N815 - the names that the server calls

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def host():
    running = Host()
    yield running
    running.close()


@pytest.fixture
def hosts():
    return Hosts(Outbound(["127.0.0.1"]), QUICK)


@pytest.fixture
def time():
    return [datetime(2026, 1, 1, tzinfo=UTC)]


@pytest.fixture
def blobs(tmp_path):
    return FolderBlobs(tmp_path / "files")


@pytest.fixture
def checker(store, states, blobs, hosts, time):
    return Checker(store, states, LocalFiles(blobs), hosts, timedelta(days=7), lambda: time[0])


@pytest.fixture
def registered(catalogue):
    """Return what registers an Item with assets of these hrefs."""
    catalogue.register_collection(a_collection("demo.images"), ALICE)

    def register(item_id, **hrefs):
        assets = {key: {"href": href} for key, href in hrefs.items()}
        catalogue.register([an_item(item_id, "demo.images", assets=assets)], ALICE)

    return register


def statuses(states, item_id):
    return {key: one.status for key, one in states.health("demo.images", item_id).assets.items()}


def asked(hosts, *hrefs):
    return hosts.ask(hrefs, threading.Event())


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (200, "alive"), (206, "alive"), (416, "alive"), (404, "dead"), (410, "dead"), (401, "unchecked"),
        (403, "unchecked"), (500, "unsure"), (301, "unsure"), (400, "unsure"),
    ],
)  # fmt: skip
def test_a_status_says(code, status):
    assert judged(code).status == status


def test_a_host_is_asked_by_head_and_for_a_byte_where_it_only_gives(host, hosts):
    host.answers = {"/a": 200, ("HEAD", "/b"): 403, ("GET", "/b"): 206, "/c": 410}
    found = asked(hosts, *(f"{host.address}/{name}" for name in "abc"))
    assert [found[f"{host.address}/{name}"].status for name in "abc"] == ["alive", "alive", "dead"]
    assert host.asked == {("HEAD", "/a"): 1, ("HEAD", "/b"): 1, ("GET", "/b"): 1, ("HEAD", "/c"): 1}


def test_a_host_that_wants_patience_is_left_alone(host, hosts):
    host.answers = {"/a": 429, "/b": 200}
    host.headers = {"/a": {"retry-after": "120"}}
    assert asked(hosts, f"{host.address}/a", f"{host.address}/b") == {}
    assert asked(hosts, f"{host.address}/b") == {}
    assert host.asked == {("HEAD", "/a"): 1}


def test_between_two_requests_to_a_host_there_is_time_and_hosts_are_asked_beside_each_other(host):
    host.answers = {"/a": 200, "/b": 403, "/c": 200}
    manners = Manners(seconds_a_host=0.1)
    begun = monotonic()
    found = Hosts(Outbound(["127.0.0.1"]), manners).ask([f"{host.address}/{name}" for name in "abc"], threading.Event())
    assert len(found) == 3
    assert monotonic() - begun > 0.29, "four requests, for /b is asked for in another way too"


def test_a_silent_host_is_not_asked_for_all_that_it_has():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        hosts = Hosts(Outbound(["127.0.0.1"]), Manners(0.0, seconds=0.05))
        found = asked(hosts, *(f"{address}/{number}" for number in range(50)))
        assert Counter(one.why for one in found.values()) == {
            "its host gave no answer: TimeoutError": 3,
            "its host gave no answer to others": 47,
        }
        assert {one.status for one in found.values()} == {"unsure"}


def test_items_whose_host_wants_patience_are_passed_and_looked_at_again_soon(host, checker, states, registered, time):
    registered("one", data=f"{host.address}/a")
    registered("two", data="s3://bucket/key")
    host.answers, host.headers = {"/a": 503}, {"/a": {"retry-after": "45"}}
    found = checker.check("demo.images", threading.Event())
    assert (found.items, found.looked, found.left) == (2, 1, 1)
    assert states.health("demo.images", "one") is None
    time[0] += timedelta(minutes=30)
    assert checker.check("demo.images", threading.Event()).items == 0
    host.answers = {"/a": 200}
    checker._asker._next.clear()  # the 45 seconds are over
    time[0] += timedelta(minutes=31)
    found = checker.check("demo.images", threading.Event())
    assert (found.looked, found.left) == (1, 0), "who was looked at is left alone"
    assert statuses(states, "one") == {"data": "alive"}
    time[0] += timedelta(hours=2)
    assert checker.check("demo.images", threading.Event()).items == 0


def test_what_the_guard_refuses_is_not_asked(host):
    guarded = Hosts(Outbound(), QUICK)
    host.answers = {"/a": 200}
    found = asked(guarded, f"{host.address}/a", "http://169.254.169.254/latest/meta-data")
    assert {one.status for one in found.values()} == {"unchecked"}
    assert not host.asked


def test_a_redirect_into_the_inside_is_refused(host, hosts):
    host.answers = {"/a": 302}
    host.headers = {"/a": {"location": "http://10.0.0.1/secret"}}
    why = asked(hosts, f"{host.address}/a")[f"{host.address}/a"].why
    assert why.startswith("leads to an address that is not public")


def test_whoever_stops_waits_for_nobody(hosts):
    stop = threading.Event()
    stop.set()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert hosts.ask([f"http://127.0.0.1:{silent.getsockname()[1]}/never"], stop) == {}


@on_both
def test_assets_are_looked_at_and_what_changes_is_told_once(host, checker, states, registered, control, time, blobs):
    blobs.put("demo/here.tif", [b"x"])
    registered("one", there=f"{host.address}/a", gone=f"{host.address}/b", file=f"{LOCAL}here.tif", bucket="s3://b/k")
    host.answers = {"/a": 200}
    found = checker.check("demo.images", threading.Event())
    assert (found.items, found.alive, found.dead, found.unchecked) == (1, 2, 1, 1)
    assert statuses(states, "one") == {"there": "alive", "gone": "dead", "file": "alive", "bucket": "unchecked"}
    outbox = SqlOutbox(control, "control")
    told = [(one.event.kind, one.event.data["asset"]) for one in outbox.after(0)]
    assert told == [("asset.dead", "gone")]
    assert outbox.after(0)[0].event.visibility_class == "demo/anyone"
    time[0] += timedelta(days=8)
    checker.check("demo.images", threading.Event())
    assert len(outbox.after(0)) == 1, "what is still dead is not told again"
    since = states.health("demo.images", "one").assets["gone"].since
    assert since == datetime(2026, 1, 1, tzinfo=UTC)
    host.answers = {"/a": 200, "/b": 200}
    blobs.delete("demo/here.tif")
    time[0] += timedelta(days=8)
    checker.check("demo.images", threading.Event())
    assert sorted((one.event.kind, one.event.data["asset"]) for one in outbox.after(1)) == [
        ("asset.alive", "gone"),
        ("asset.dead", "file"),
    ]


def test_who_gives_no_answer_is_dead_after_the_third_time(host, checker, states, registered, control, time):
    registered("one", data=f"{host.address}/a")
    host.answers = {"/a": 200}
    for expected, code in (("alive", 200), ("alive", 500), ("alive", 500), ("dead", 500), ("alive", 200)):
        host.answers = {"/a": code}
        checker.check("demo.images", threading.Event())
        assert statuses(states, "one") == {"data": expected}
        time[0] += timedelta(days=8)
    kinds = [one.event.kind for one in SqlOutbox(control, "control").after(0)]
    assert kinds == ["asset.dead", "asset.alive"]


def test_an_item_is_left_alone_until_it_is_due_or_changes(host, checker, registered, catalogue, time):
    registered("one", data=f"{host.address}/a")
    host.answers = {"/a": 200, "/b": 200}
    checker.check("demo.images", threading.Event())
    assert checker.check("demo.images", threading.Event()).items == 0
    catalogue.patch("demo.images", "one", {"assets": {"data": {"href": f"{host.address}/b"}}}, ALICE)
    time[0] += timedelta(days=6)
    assert checker.check("demo.images", threading.Event(), again=True).looked == 1
    assert host.asked == {("HEAD", "/a"): 1, ("HEAD", "/b"): 1}


def test_without_leave_only_own_files_are_looked_at(host, store, states, blobs, registered, time):
    blobs.put("demo/zarr/.zgroup", [b"{}"])
    registered("own", store=f"{LOCAL}zarr", gone=f"{LOCAL}gone.tif", elsewhere=f"{host.address}/a")
    registered("foreign", elsewhere=f"{host.address}/a")
    checker = Checker(store, states, LocalFiles(blobs), None, timedelta(days=7), lambda: time[0])
    assert checker.check("demo.images", threading.Event()).looked == 1
    assert statuses(states, "own") == {"store": "alive", "gone": "dead", "elsewhere": "unchecked"}
    assert states.health("demo.images", "foreign") is None
    assert not host.asked


def test_of_files_of_others_and_of_private_ones_nothing_is_told(blobs):
    blobs.put("bob/secret.tif", [b"x"])
    blobs.put("demo/.private/job.log", [b"x"])
    files = LocalFiles(blobs)
    for href in ("thalweg:/workspaces/bob/files/secret.tif", f"{LOCAL}.private/job.log", "thalweg:/api"):
        assert files.look(href, "demo.images").status == "unchecked"


@on_both
def test_a_check_that_was_cut_goes_on_and_forgets_what_went(checker, states, registered, catalogue, time):
    for number in range(45):
        registered(f"i{number:02}", data="s3://bucket/key")
    stop, pages = threading.Event(), []

    def held(items):
        pages.append(items)
        stop.set()

    assert checker.check("demo.images", stop, held).items == 20
    assert checker.check("demo.images", threading.Event()).items == 25
    assert states.walk("demo.images").ended is not None
    assert states.tallies("demo.images")["demo/anyone"].items == 45
    catalogue.remove("demo.images", "i07", ALICE)
    time[0] += timedelta(days=8)
    checker.check("demo.images", threading.Event())
    assert states.tallies("demo.images")["demo/anyone"].items == 44


def test_who_may_see_the_items_learns_of_their_assets(checker, registered, host, freshnesses, states):
    registered("one", data=f"{host.address}/a")
    checker.check("demo.images", threading.Event())
    assert freshnesses.tally("demo.images", ANYONE).dead == 1
    found, more = freshnesses.dead("demo.images", "", 10, ANYONE)
    assert ([item_id for item_id, _ in found], more) == (["one"], None)
    assert freshnesses.dead("demo.images", "one", 10, ANYONE) == ([], None)
    version, health = freshnesses.health("demo.images", "one", ANYONE)
    assert health.version == version
    assert states.dead("demo.images", ["demo/owner"], "", 10) == []
