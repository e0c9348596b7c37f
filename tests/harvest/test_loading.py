"""Bulk files are loaded in chunks, go on where they were cut, and tell of each line that was refused."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import stac_geoparquet.arrow
from people import ADA, EVE
from registries import Counted

from thalweg.core.errors import InvalidParameter, NotFound, Unavailable, UnsupportedMedia
from thalweg.harvest.chunks import Load
from thalweg.harvest.ingest import Ingest
from thalweg.harvest.loading import Loader
from thalweg.harvest.readers.installed import Readers
from thalweg.harvest.sources import geoparquet, ndjson
from thalweg.harvest.sources.opening import bulk

COLLECTION = "lab.bulk"


def document(n, **more):
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": f"item-{n}",
        "collection": COLLECTION,
        "geometry": {"type": "Point", "coordinates": [n % 180, 10]},
        "bbox": [n % 180, 10, n % 180, 10],
        "properties": {"datetime": "2024-01-01T00:00:00Z"},
        "links": [],
        "assets": {},
        **more,
    }


@pytest.fixture
def lines(tmp_path):
    """Write lines, documents or text, to a file."""

    def write(*documents):
        path = tmp_path / "items.ndjson"
        path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in documents))
        return path

    return write


@pytest.fixture
def registry(platform):
    return Counted(platform.catalogue)


@pytest.fixture
def ingest(platform, registry):
    return Ingest(platform.files, registry, platform.workspaces, Readers(list))


@pytest.fixture
def load(ingest, tmp_path):
    def loaded(path, who=ADA, **how):
        how = {
            "collection": COLLECTION,
            "checkpoint": tmp_path / "load.json",
            "report": tmp_path / "report.ndjson",
        } | how
        return list(ingest.load(bulk(path), Load("lab", **how), who))

    return loaded


@pytest.fixture
def report(tmp_path):
    return lambda: [json.loads(line) for line in (tmp_path / "report.ndjson").read_text().splitlines()]


def counts(progress):
    at = progress.at
    return at.registered, at.replaced, at.unchanged, at.refused


def test_every_line_becomes_an_item_or_a_line_of_the_report(lines, load, report, left_behind):
    path = lines(
        document(1),
        "",
        "{no json",
        document(2, properties={"datetime": "yesterday"}),
        "[1, 2]",
        document(3, id=4),
        document(5),
        '{"type": "Feature"}',
    )
    (progress,) = load(path)
    assert counts(progress) == (2, 0, 0, 5)
    assert progress.documents == 7
    assert progress.at.done == progress.extent == path.stat().st_size
    assert sorted(left_behind()[0]) == ["item-1", "item-5"]
    told = report()
    assert [(line["line"], line.get("id"), line["member"]) for line in told] == [
        (3, None, "document"),
        (4, "item-2", "properties.datetime"),
        (5, None, "document"),
        (6, None, "id"),
        (8, None, "id"),
    ]
    assert "column" in told[0]["why"]


def test_a_collection_is_made_with_the_first_item_that_is_taken_and_else_nothing_is_left(lines, load, report, platform):
    wrong = [document(n, properties={"datetime": "yesterday"}) for n in range(3)]
    (progress,) = load(lines(*wrong), checkpoint=None)
    assert counts(progress) == (0, 0, 0, 3)
    assert {line["member"] for line in report()} == {"properties.datetime"}
    with pytest.raises(NotFound):
        platform.catalogue.collection(COLLECTION, ADA)
    assert platform.item_store.outbox.last() == 0
    (progress,) = load(lines(*wrong, document(3)), checkpoint=None)
    assert counts(progress) == (1, 0, 0, 3)
    assert [one.event.kind for one in platform.item_store.outbox.after(0)][:2] == [
        "collection.registered",
        "item.registered",
    ]


def test_real_items_are_loaded_into_one_collection(real_data, load, tmp_path):
    stac = real_data / "stac"
    for name, number in (("landsat-c2-l2-100.ndjson", 100), ("sentinel-2-l2a-pc-100.ndjson", 100)):
        *_, progress = load(stac / name, checkpoint=None, report=tmp_path / name)
        assert counts(progress) == (number, 0, 0, 0), (tmp_path / name).read_text()[:500]


def test_again_changes_nothing_and_a_changed_line_replaces(lines, load):
    load(lines(*map(document, range(5))))
    (again,) = load(lines(*map(document, range(5))), checkpoint=None)
    assert counts(again) == (0, 0, 5, 0)
    changed = document(3, properties={"datetime": "2025-01-01T00:00:00Z"})
    (refused,) = load(lines(changed), checkpoint=None, replacing=False)
    assert counts(refused) == (0, 0, 0, 1)
    (replaced,) = load(lines(changed), checkpoint=None)
    assert counts(replaced) == (0, 1, 0, 0)


def test_a_load_goes_on_where_it_was_cut(lines, platform, registry, tmp_path, report):
    class Cut(Counted):
        def load(self, items, who, **how):
            if len(self.calls) == 2:
                super().load(items[:3], who, **how)  # some of the chunk, then the connection broke
                raise Unavailable("the connection broke")
            return super().load(items, who, **how)

    path = lines(*(document(n) if n % 10 else "broken" for n in range(1, 51)))
    how = Load("lab", COLLECTION, checkpoint=tmp_path / "load.json", report=tmp_path / "report.ndjson")
    for catalogue in (Cut(platform.catalogue), registry):
        ingest = Ingest(platform.files, catalogue, platform.workspaces, Readers(list))
        ingest._loader = Loader(catalogue, None, chunk=10)
        try:
            seen = list(ingest.load(bulk(path), how, ADA))
        except Unavailable:
            assert json.loads((tmp_path / "load.json").read_text())["place"] == 20
            continue
    assert counts(seen[-1]) == (42, 0, 3, 5)
    assert sum(registry.calls) == 27
    assert [line["line"] for line in report()] == [10, 20, 30, 40, 50]
    assert seen[0].left >= 0
    assert seen[-1].left == 0


def test_what_was_loaded_is_looked_at_anew(lines, load, registry, platform, tmp_path):
    path = lines(*map(document, range(5)), "broken")
    load(path)
    assert not list(tmp_path.glob("load.json*"))
    platform.catalogue.remove(COLLECTION, "item-3", ADA)
    (progress,) = load(path)
    assert counts(progress) == (1, 0, 4, 1)
    assert (progress.before.place, progress.run) == (0, progress.at)
    assert registry.calls == [5, 5]


@pytest.fixture
def cut(lines, platform, tmp_path):
    """Load fifty lines, each tenth broken, of which the first twenty are done before the connection breaks."""

    class Cut(Counted):
        def load(self, items, who, **how):
            if len(self.calls) == 2:
                raise Unavailable("the connection broke")
            return super().load(items, who, **how)

    def load(**how):
        path = lines(*(document(n) if n % 10 else "broken" for n in range(1, 51)))
        ingest = Ingest(platform.files, Cut(platform.catalogue), platform.workspaces, Readers(list))
        ingest._loader = Loader(Cut(platform.catalogue), None, chunk=10)
        with pytest.raises(Unavailable):
            list(ingest.load(bulk(path), Load("lab", COLLECTION, checkpoint=tmp_path / "load.json", **how), ADA))
        return path

    return load


def test_the_report_of_a_load_that_goes_on_tells_of_all(cut, load, report, tmp_path):
    other = tmp_path / "other.ndjson"
    path = cut(report=other)
    assert [json.loads(line)["line"] for line in other.read_text().splitlines()] == [10, 20]
    (progress,) = load(path)
    assert [line["line"] for line in report()] == [10, 20, 30, 40, 50]
    ((why, number),) = progress.reasons
    assert (why.startswith("document: is no JSON"), number) == (True, 5)
    assert counts(progress) == (45, 0, 0, 5)
    assert (progress.before.place, progress.run.registered, progress.run.refused) == (20, 27, 3)


def test_a_report_is_written_whole_whatever_stands_there(cut, load, report, tmp_path):
    path = cut()  # with none
    (tmp_path / "report.ndjson").write_text("what another load said, which was much longer than ours\n" * 100)
    load(path)
    assert [line["line"] for line in report()] == [10, 20, 30, 40, 50]
    load(path)
    assert [line["line"] for line in report()] == [10, 20, 30, 40, 50]


def test_a_report_that_cannot_be_written_is_said_before_anything_is_loaded(lines, load, registry, tmp_path):
    with pytest.raises(InvalidParameter, match="cannot be written: No such file"):
        load(lines(document(1)), report=tmp_path / "none" / "report.ndjson")
    assert registry.calls == []


def test_refusals_that_somebody_took_away_are_not_made_up(cut, load, report, tmp_path):
    path = cut()
    (tmp_path / "load.json.refused").unlink()
    load(path)
    assert [line["line"] for line in report()] == [30, 40, 50]


def test_what_has_changed_since_is_loaded_from_its_beginning(cut, load):
    path = cut()
    path.write_text(path.read_text() + json.dumps(document(51)) + "\n")
    (progress,) = load(path)
    assert counts(progress) == (28, 0, 18, 5)
    assert progress.before.place == 0


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from people import ADA
from registries import Counted
from thalweg.app.compose import Platform
from thalweg.app.settings import Settings
from thalweg.harvest.keeping import Keeper
from thalweg.harvest.chunks import Load
from thalweg.harvest.loading import Loader
from thalweg.harvest.sources.opening import bulk

class Dying(Counted):
    def load(self, items, who, **how):
        found = super().load(items, who, **how)
        if len(self.calls) == {chunks}:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

platform = Platform(Settings(home=Path({home!r})))
loader = Loader(Dying(platform.catalogue), Keeper(platform.files), chunk=10)
how = Load("lab", {collection!r}, checkpoint=Path({checkpoint!r}), report=Path({report!r}))
for progress in loader.load(bulk(Path({path!r})), how, ADA):
    print(progress.at.place, flush=True)
"""


def test_a_load_that_is_killed_goes_on_with_nothing_twice_and_nothing_lost(
    lines, load, platform, tmp_path, report, left_behind
):
    path = lines(*(document(n) if n % 7 else "broken" for n in range(1, 61)))
    platform.catalogue.ensure_collection(
        {
            "type": "Collection",
            "stac_version": "1.1.0",
            "id": COLLECTION,
            "description": "d",
            "license": "other",
            "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
            "links": [],
        },
        ADA,
    )
    program = KILLED.format(
        tests=str(Path(__file__).parent),
        home=str(tmp_path / "home"),
        path=str(path),
        checkpoint=str(tmp_path / "load.json"),
        report=str(tmp_path / "report.ndjson"),
        collection=COLLECTION,
        chunks=3,
    )
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout.split() == ["10", "20"]
    *_, progress = load(path)
    # The third chunk was committed and not noted: it is done again, and changes nothing.
    assert counts(progress) == (44, 0, 8, 8)
    assert len(left_behind()[0]) == 52
    assert [line["line"] for line in report()] == list(range(7, 61, 7))


def test_parquet_is_read_in_batches(tmp_path, load, monkeypatch, real_data):
    monkeypatch.setattr(geoparquet, "_BATCH", 30)
    with (real_data / "stac" / "naip-1000.ndjson").open() as file:
        items = [json.loads(next(file)) for _ in range(100)]
    table = stac_geoparquet.arrow.parse_stac_items_to_arrow(items).read_all()
    stac_geoparquet.arrow.to_parquet(table, tmp_path / "whole.parquet")
    pq.write_table(pq.read_table(tmp_path / "whole.parquet"), tmp_path / "items.parquet", row_group_size=40)
    source = bulk(tmp_path / "items.parquet")
    assert source.extent == 100
    rows = list(source.rows(0))
    assert [row.place for row in rows] == list(range(1, 101))
    assert rows[41].document["id"] == items[41]["id"]
    assert rows[41].document["assets"] == items[41]["assets"]
    assert [row.place for row in source.rows(95)] == [96, 97, 98, 99, 100]
    *_, progress = load(tmp_path / "items.parquet")
    assert counts(progress) == (100, 0, 0, 0)


def test_null_in_a_column_is_what_is_not_there(tmp_path):
    items = [
        document(1, properties={"datetime": "2024-01-01T00:00:00Z", "eo:cloud_cover": 1.0}),
        document(
            2,
            properties=dict.fromkeys(("datetime",))
            | {f"{end}_datetime": "2024-01-01T00:00:00Z" for end in ("start", "end")},
        ),
    ]
    stac_geoparquet.arrow.to_parquet(
        stac_geoparquet.arrow.parse_stac_items_to_arrow(items).read_all(), tmp_path / "i.parquet"
    )
    first, second = (row.document["properties"] for row in bulk(tmp_path / "i.parquet").rows(0))
    assert first.keys() == {"datetime", "eo:cloud_cover"}
    assert second.keys() == {"datetime", "start_datetime", "end_datetime"}
    assert second["datetime"] is None


def test_parquet_that_is_broken_or_other_is_refused(tmp_path, load, report):
    pq.write_table(pa.table({"a": [1, 2]}), tmp_path / "other.parquet")
    (progress,) = load(tmp_path / "other.parquet")
    assert counts(progress) == (0, 0, 0, 2)
    assert [line["line"] for line in report()] == [1, 2]
    content = (tmp_path / "other.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(content[:-30])
    with pytest.raises(InvalidParameter, match="Parquet"):
        bulk(tmp_path / "cut.parquet")


def test_a_line_has_a_bound(lines, load, report, monkeypatch):
    monkeypatch.setattr(ndjson, "LONGEST_LINE", 1000)
    path = lines(
        document(1), document(2, properties={"datetime": "2024-01-01T00:00:00Z", "x": "x" * 5000}), document(3)
    )
    (progress,) = load(path)
    assert counts(progress) == (2, 0, 0, 1)
    assert (report()[0]["line"], progress.at.done) == (2, path.stat().st_size)


def test_what_is_no_bulk_is_refused(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"II*\x00")
    with pytest.raises(UnsupportedMedia):
        bulk(tmp_path / "a.tif")
    with pytest.raises(NotFound):
        bulk(tmp_path / "none")


def test_a_checkpoint_that_is_none_is_left_as_it_is(lines, load, tmp_path):
    (tmp_path / "load.json").write_text("my notes")
    with pytest.raises(InvalidParameter, match="no checkpoint"):
        load(lines(document(1)))
    assert (tmp_path / "load.json").read_text() == "my notes"


def test_who_may_not_write_loads_nothing(lines, load, left_behind):
    with pytest.raises(NotFound):
        load(lines(document(1)), who=EVE)
    assert left_behind() == ([], [])


def test_an_empty_file_is_loaded(tmp_path, load):
    (tmp_path / "empty.ndjson").write_bytes(b"")
    (progress,) = load(tmp_path / "empty.ndjson")
    assert counts(progress) == (0, 0, 0, 0)
