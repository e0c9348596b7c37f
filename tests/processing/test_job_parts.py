"""The small parts of a Job's way, each by itself."""

import http.server
import json
import multiprocessing
import os
import threading

import pytest

from thalweg.core.errors import InvalidParameter, TooLarge, Unavailable
from thalweg.core.processes import Input, ProcessDescription, StagedItem
from thalweg.guard.outbound import Outbound
from thalweg.processing.failures import Deaths, Failure
from thalweg.processing.inputs import validated
from thalweg.processing.logbook import MOST_LINES, LogBook, progress_in
from thalweg.processing.runners.lines import Lines
from thalweg.processing.runners.orders import Bounds, Order
from thalweg.processing.runners.remote import GuardedRemote
from thalweg.processing.runners.stac_folder import BadCatalogue, read_catalogue, write_catalogue


def described(**inputs):
    return ProcessDescription("p", "1", "P", "", inputs, {})


def test_defaults_stand_where_nothing_was_given():
    process = described(a=Input("A", {"type": "number", "default": 2}), b=Input("B", {"type": "string"}))
    assert validated(process, {}) == {"a": 2}
    assert validated(process, {"a": {"value": 3}, "b": None}) == {"a": 3}


def test_an_object_that_has_a_value_of_its_own_is_not_unwrapped():
    schema = {"type": "object", "properties": {"value": {"type": "integer"}}}
    assert validated(described(a=Input("A", schema)), {"a": {"value": 3}}) == {"a": {"value": 3}}


def test_the_first_member_that_is_wrong_is_named():
    schema = {"type": "array", "items": {"type": "integer"}}
    with pytest.raises(InvalidParameter) as refused:
        validated(described(a=Input("A", schema)), {"a": [1, "x"]})
    assert refused.value.parameter == "inputs/a/1"


def test_inputs_are_bounded():
    with pytest.raises(TooLarge):
        validated(described(a=Input("A", {})), {"a": "x" * 300_000})


def test_a_logbook_keeps_the_beginning_the_end_and_a_count():
    book = LogBook()
    assert len(book.take([str(n) for n in range(MOST_LINES + 1000)])) == MOST_LINES
    assert book.take(["late"]) == []
    rest = book.rest()
    assert (rest[0], rest[-1], len(rest)) == ("… 801 lines left out …", "late", 201)
    assert book.text.startswith("0\n1\n")
    assert LogBook().rest() == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("thalweg:progress 0.4 drawing it", (0.4, "drawing it")),
        ("thalweg:progress 1", (1.0, "")),
        ("thalweg:progress 1.5 more", None),
        ("thalweg:progress x", None),
        ("0.4", None),
    ],
)
def test_progress_is_read_out_of_a_line(line, told):
    assert progress_in(line) == told


def test_lines_come_whole_cut_and_without_waiting():
    reading, writing = multiprocessing.Pipe(duplex=False)
    lines = Lines(reading, 10)
    assert lines.read() == []
    os.write(writing.fileno(), b"one\ntw")
    assert lines.read() == [b"one"]
    os.write(writing.fileno(), b"o\n" + b"x" * 30)
    assert lines.read() == [b"two", b"x" * 10]
    os.write(writing.fileno(), b"last")
    writing.close()
    assert lines.read() == [b"last"]
    assert lines.ended
    lines.close()


def test_an_order_survives_its_way_to_the_child(tmp_path):
    staged = StagedItem({"id": "x"}, {"image": tmp_path / "a.tif"})
    order = Order("native", "m:a", {"image": staged, "n": 1}, tmp_path, Bounds(memory=5))
    assert Order.read(order.written()) == order


@pytest.mark.parametrize(("code", "reason"), [(-9, "memory"), (-11, "crashed"), (-63, "signal 63"), (None, "answer")])
def test_every_death_has_a_reason(code, reason):
    assert reason in Deaths.explained(code).detail


def test_a_failure_survives_the_database_and_does_not_believe_all():
    failure = Failure("T", "D", 404, "inputs/a")
    assert Failure.read(failure.document()) == failure
    assert Failure.read({"status": 200, "detail": "x" * 9000}).status == 500


@pytest.fixture
def server():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(404 if self.path == "/none" else 200)
            self.end_headers()
            self.wfile.write(b"x" * 5000)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_what_is_brought_from_outside_passes_the_guard(server, tmp_path):
    with pytest.raises(InvalidParameter):
        GuardedRemote(Outbound()).fetch(f"{server}/a.tif", tmp_path / "a.tif", 10_000)
    assert not (tmp_path / "a.tif").exists()
    remote = GuardedRemote(Outbound(allowed=["127.0.0.1/32"]))
    remote.fetch(f"{server}/a.tif", tmp_path / "a.tif", 10_000)
    assert (tmp_path / "a.tif").stat().st_size == 5000
    with pytest.raises(TooLarge):
        remote.fetch(f"{server}/a.tif", tmp_path / "b.tif", 4000)
    with pytest.raises(Unavailable):
        remote.fetch(f"{server}/none", tmp_path / "c.tif", 10_000)


def catalogue(folder, item, name="item.json"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalog.json").write_text(
        json.dumps({"type": "Catalog", "links": [{"rel": "item", "href": f"./{name}"}]})
    )
    (folder / "item.json").write_text(json.dumps(item))
    return folder


def an_item(href):
    return {"type": "Feature", "id": "x", "assets": {"a": {"href": href}}}


def test_a_catalogue_is_written_and_read_back(tmp_path):
    (tmp_path / "scene one.tif").write_bytes(b"II*\0")
    document = {**an_item("thalweg:/workspaces/a/files/scene%20one.tif"), "links": []}
    written = write_catalogue(StagedItem(document, {"a": tmp_path / "scene one.tif"}), tmp_path / "in")
    inner = json.loads((written / "item" / "item.json").read_text())
    assert (written / "item" / inner["assets"]["a"]["href"]).read_bytes() == b"II*\0"


def test_the_items_of_a_catalogue_name_files_below_the_job_s_folder(tmp_path):
    folder = catalogue(tmp_path / "out" / "results", an_item("./mask%20one.tif"))
    (folder / "mask one.tif").write_bytes(b"x")
    (found,) = read_catalogue(folder, tmp_path)
    assert found["assets"]["a"]["href"] == "out/results/mask one.tif"


@pytest.mark.parametrize(
    "href", ["../../secret", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1/", "none.tif", "link", ""]
)
def test_a_catalogue_that_leads_out_of_its_folder_is_refused(tmp_path, href):
    (tmp_path / "secret").write_text("secret")
    folder = catalogue(tmp_path / "out" / "results", an_item(href))
    (folder / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(BadCatalogue):
        list(read_catalogue(folder, tmp_path))


@pytest.mark.parametrize("name", ["../../item.json", "catalog.json", "none.json", "http://127.0.0.1/item.json"])
def test_a_catalogue_that_links_elsewhere_or_to_itself_is_refused(tmp_path, name):
    with pytest.raises(BadCatalogue):
        list(read_catalogue(catalogue(tmp_path / "out", an_item("item.json"), name), tmp_path))
