"""Several processes load what one loads: in the same order, each Item once, whoever is killed."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import stac_geoparquet.arrow
from crews import Dying
from people import ADA

from thalweg.app.compose import Platform
from thalweg.app.loading import CatalogueOfChild
from thalweg.app.settings import Settings
from thalweg.core.errors import Unavailable
from thalweg.core.queries import ItemQuery
from thalweg.harvest.chunks import Load
from thalweg.harvest.crew import Crew
from thalweg.harvest.keeping import Keeper
from thalweg.harvest.loading import Loader
from thalweg.harvest.sources.opening import bulk
from thalweg.identity.service import ADMIN

COLLECTION = "lab.bulk"
OUTCOMES = ("registered", "replaced", "unchanged", "refused")


def document(n, **more):
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": f"item-{n}",
        "collection": COLLECTION,
        "geometry": {"type": "Point", "coordinates": [n % 180, 10]},
        "bbox": [n % 180, 10, n % 180, 10],
        "properties": {"datetime": "2024-01-01T00:00:00Z", "number": n},
        "links": [],
        "assets": {},
        **more,
    }


def collection(name):
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": name,
        "description": "d",
        "license": "other",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        "links": [],
    }


def a_platform(home):
    made = Platform(Settings(home=home))
    made.migrate()
    made.workspaces.ensure("lab", "Lab", "member", ADMIN)
    made.workspaces.put_member("lab", ADA.id, "member", ADMIN)
    made.catalogue.ensure_collection(collection(COLLECTION), ADA)
    return made


def load(path, processes, folder, catalogues=None):
    """Load a file in chunks of ten by so many processes; return the platform, the progress and the report."""
    platform = Platform(Settings(home=folder / "home"))
    usual = CatalogueOfChild(platform.settings, os.getpid())
    crew = Crew(catalogues(usual) if catalogues else usual)
    loader = Loader(platform.catalogue, Keeper(platform.files), chunk=10, crew=crew)
    report = folder / "report.ndjson"
    how = Load("lab", None, checkpoint=folder / "load.json", report=report, processes=processes)
    seen = list(loader.load(bulk(path), how, ADA))
    return platform, seen, [json.loads(line) for line in report.read_text().splitlines()]


def counts(progress):
    return tuple(getattr(progress.at, outcome) for outcome in OUTCOMES)


def held(platform):
    items = platform.catalogue.search(ItemQuery(limit=1000), ADMIN).found
    return {(item.collection, item.id): (item.version, item.body) for item in items}


def told(platform):
    return Counter((one.event.kind, one.event.subject) for one in platform.item_store.outbox.after(0, 10_000))


def written(path, documents):
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in documents))
    return path


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Write a broken line in each chunk, ids that come again, a Collection after most of what is loaded beside it."""
    documents = [document(n) if n % 10 else "{broken" for n in range(1, 61)]
    documents += [document(n, properties={"datetime": "2025-01-01T00:00:00Z"}) for n in (3, 13, 55)]
    documents += [document(3, properties={"datetime": "2026-01-01T00:00:00Z"}), "", document(4), collection("lab.late")]
    documents += [document(n, collection="lab.late") for n in range(1, 31)]
    documents += [document(99, collection="lab.none")]
    return written(tmp_path_factory.mktemp("mixed") / "items.ndjson", documents)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Make a platform, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("prepared")
    made = a_platform(folder / "home")
    made.item_store.close()
    made.control.dispose()
    return folder


@pytest.fixture
def folder(prepared, tmp_path):
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def alone(mixed, prepared, tmp_path_factory):
    """Load all by one process."""
    folder = tmp_path_factory.mktemp("alone")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    return load(mixed, 1, folder)


def test_three_processes_load_what_one_loads(mixed, folder, alone):
    beside, seen, report = load(mixed, 3, folder)
    assert held(beside) == held(alone[0])
    assert held(beside)[COLLECTION, "item-3"][0] == 3
    assert told(beside) == told(alone[0])
    assert set(told(beside).values()) <= {1, 2}
    assert report == alone[2]
    assert [line["line"] for line in report] == [*range(10, 61, 10), 98]
    assert counts(seen[-1]) == counts(alone[1][-1]) == (84, 4, 1, 7)
    assert [one.at.place for one in seen] == sorted(one.at.place for one in seen)
    assert seen[-1].at.done == seen[-1].extent
    for platform in (alone[0], beside):
        assert platform.catalogue.count(ItemQuery(collections=(COLLECTION,)), ADMIN) == 54
        assert list(platform.item_store.check(lambda *_: None)) == []


def test_rows_of_a_table_are_loaded_by_several(folder):
    table = stac_geoparquet.arrow.parse_stac_items_to_arrow([document(n) for n in range(40)]).read_all()
    stac_geoparquet.arrow.to_parquet(table, folder / "items.parquet")
    platform, seen, report = load(folder / "items.parquet", 2, folder)
    assert [one.at.place for one in seen] == [10, 20, 30, 40]
    assert (len(held(platform)), report) == (40, [])


@pytest.mark.parametrize("after_writing", [True, False])
def test_a_load_goes_on_after_one_of_its_processes_was_killed(mixed, folder, alone, after_writing):
    with pytest.raises(Unavailable, match="load again"):
        load(mixed, 2, folder, catalogues=lambda usual: Dying(usual, "item-35", after_writing))
    platform, seen, report = load(mixed, 1, folder)
    assert held(platform) == held(alone[0])
    assert told(platform) == told(alone[0])
    assert report == alone[2]
    assert sum(counts(seen[-1])) == 96


PARENT = """
import multiprocessing, os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from people import ADA
from thalweg.app.compose import Platform
from thalweg.app.loading import CatalogueOfChild
from thalweg.app.settings import Settings
from thalweg.harvest.chunks import Load
from thalweg.harvest.crew import Crew
from thalweg.harvest.loading import Loader
from thalweg.harvest.sources.opening import bulk

platform = Platform(Settings(home=Path({home!r})))
loader = Loader(platform.catalogue, None, chunk=10, crew=Crew(CatalogueOfChild(platform.settings, os.getpid())))
how = Load("lab", None, checkpoint=Path({checkpoint!r}), report=Path({report!r}), processes=2)
for number, _ in enumerate(loader.load(bulk(Path({path!r})), how, ADA)):
    if number == 2:
        print(*[child.pid for child in multiprocessing.active_children()], flush=True)
        sys.stdin.readline()
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_processes_end_with_the_one_that_started_them_and_the_next_load_goes_on(mixed, folder, alone):
    program = PARENT.format(
        tests=str(Path(__file__).parent),
        home=str(folder / "home"),
        path=str(mixed),
        checkpoint=str(folder / "load.json"),
        report=str(folder / "report.ndjson"),
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        ends = [os.pidfd_open(pid) for pid in pids]
        parent.stdin.write(b"\n")
        parent.stdin.flush()
        assert parent.wait(30) == -signal.SIGKILL
    assert len(ends) == 2
    for end in ends:
        assert select.select([end], [], [], 30)[0], "a process outlived the one that started it"
        os.close(end)
    platform, _, report = load(mixed, 1, folder)
    assert held(platform) == held(alone[0])
    assert told(platform) == told(alone[0])
    assert report == alone[2]
