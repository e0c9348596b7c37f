"""Static catalogues are followed link by link: bounded, once around each circle, and never where nobody may go."""

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import orjson
import pytest
from people import ADA
from registries import Counted

from thalweg.core.errors import InvalidParameter, NotFound, ThalwegError, TooLarge, Unavailable
from thalweg.guard.outbound import Outbound
from thalweg.harvest.chunks import Load
from thalweg.harvest.ingest import Ingest
from thalweg.harvest.readers.installed import Readers
from thalweg.harvest.sources.crawl import Bounds, Crawl
from thalweg.harvest.sources.opening import catalogue
from thalweg.identity.service import ADMIN

EXTENT = {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}}


def item(n, href="./image.txt"):
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [],
        "id": f"item-{n}",
        "collection": "lab.rivers",
        "geometry": {"type": "Point", "coordinates": [n, 10]},
        "bbox": [n, 10, n, 10],
        "properties": {"datetime": "2024-01-01T00:00:00Z"},
        "links": [{"rel": "parent", "href": "../collection.json"}, {"rel": "license", "href": "https://example.org/l"}],
        "assets": {"data": {"href": href}},
    }


def links(*targets):
    return [{"rel": "item" if "item" in target else "child", "href": target} for target in targets]


@pytest.fixture
def root(tmp_path):
    """Write a catalogue with a circle, a link to nothing, and one document that is no JSON."""
    folder = tmp_path / "static"
    (folder / "rivers" / "a").mkdir(parents=True)
    (folder / "rivers" / "b").mkdir()

    def write(name, document):
        (folder / name).write_text(document if isinstance(document, str) else json.dumps(document))

    write("catalog.json", {"type": "Catalog", "id": "c", "links": links("./rivers/collection.json", "./gone.json")})
    collection = {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": "lab.rivers",
        "description": "Rivers",
        "license": "other",
        "extent": EXTENT,
        "links": links("../catalog.json", "./a/item.json", "./b/item.json", "./a/../b/item.json", "./item-bad.json"),
    }
    write("rivers/collection.json", collection)
    write("rivers/item-bad.json", "no json")
    for n, name in enumerate("ab"):
        write(f"rivers/{name}/item.json", item(n))
        write(f"rivers/{name}/image.txt", f"pixels of {name}")
    return folder


@pytest.fixture
def served(root):
    """Serve the catalogue on this machine, and return its address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(root))
    handler.func.log_message = lambda *_: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def documents(crawl):
    return [row.document for row in crawl.rows(0) if not isinstance(row.document, ThalwegError)]


def test_a_folder_is_followed_from_its_start(root):
    rows = list(Crawl.of_file(root / "catalog.json").rows(0))
    assert [row.place for row in rows] == [1, 2, 3, 4, 5]
    assert [row.address for row in rows if isinstance(row.document, ThalwegError)] == [
        "gone.json",
        "rivers/item-bad.json",
    ]
    found = documents(Crawl.of_file(root / "catalog.json"))
    assert [one["id"] for one in found] == ["lab.rivers", "item-0", "item-1"]
    assert found[1]["assets"]["data"]["href"] == "./rivers/a/image.txt"
    assert [link["rel"] for link in found[1]["links"]] == ["license"]


@pytest.mark.parametrize("bad", ["http://[half/item.json", "//[x]y/item.json", "./item-%00.json", "file://["])
def test_an_address_that_nobody_can_read_is_told_and_the_others_are_followed(root, bad):
    collection = json.loads((root / "rivers" / "collection.json").read_bytes())
    collection["links"] = [{"rel": "item", "href": bad}, {"rel": "license", "href": bad}, *collection["links"]]
    (root / "rivers" / "collection.json").write_text(json.dumps(collection))
    (root / "rivers" / "a" / "item.json").write_text(json.dumps(item(0, bad)))
    rows = list(Crawl.of_file(root / "catalog.json").rows(0))
    wrong = [row.document.parameter for row in rows if isinstance(row.document, InvalidParameter)]
    assert wrong == ["href", "document"]
    assert [one["id"] for one in documents(Crawl.of_file(root / "catalog.json"))] == ["lab.rivers", "item-0", "item-1"]


def test_a_host_is_followed_and_hrefs_become_absolute(served):
    outbound = Outbound(allowed=("127.0.0.1/32",))
    found = documents(catalogue(f"{served}/catalog.json", outbound))
    assert [one["id"] for one in found] == ["lab.rivers", "item-0", "item-1"]
    assert found[2]["assets"]["data"]["href"] == f"{served}/rivers/b/image.txt"


def test_a_host_that_is_not_public_is_not_asked(served):
    with pytest.raises(InvalidParameter, match="not public"):
        catalogue(f"{served}/catalog.json", Outbound())


def test_a_start_that_is_not_there_is_said_at_once(served, tmp_path):
    outbound = Outbound(allowed=("127.0.0.1/32",))
    with pytest.raises(NotFound):
        list(catalogue(f"{served}/nothing.json", outbound).rows(0))
    with pytest.raises(Unavailable):
        list(catalogue("http://127.0.0.1:1/catalog.json", outbound).rows(0))
    with pytest.raises(NotFound):
        catalogue(str(tmp_path / "none.json"), outbound)


def test_links_and_hrefs_do_not_leave_their_folder(root, tmp_path):
    (tmp_path / "secret.json").write_text(json.dumps(item(9)))
    (root / "link.json").symlink_to(tmp_path / "secret.json")
    start = {
        "type": "Catalog",
        "links": links("../secret.json", "./link.json", "https://example.org/item.json", "./item-x.json"),
    }
    (root / "catalog.json").write_text(json.dumps(start))
    (root / "item-x.json").write_text(json.dumps(item(3, "../secret.json")))
    rows = list(Crawl.of_file(root / "catalog.json").rows(0))
    assert [isinstance(row.document, InvalidParameter) for row in rows] == [True, True, True, False]
    assert rows[3].document["assets"]["data"]["href"] == "./outside-of-the-catalogue"


def test_a_crawl_is_bounded(root):
    start = root / "catalog.json"
    with pytest.raises(TooLarge, match="deeper than 1"):
        list(Crawl.of_file(start, Bounds(depth=1)).rows(0))
    with pytest.raises(TooLarge, match="more than 3 documents"):
        list(Crawl.of_file(start, Bounds(documents=3)).rows(0))
    with pytest.raises(TooLarge, match="more than 10 bytes"):
        list(Crawl.of_file(start, Bounds(document=10)).rows(0))


@pytest.mark.parametrize(
    "text", ["[]", '{"type": "Catalog", "links": 7}', '{"links": [7, {"rel": "child", "href": 7}]}', "{}"]
)
def test_odd_documents_lead_nowhere(tmp_path, text):
    (tmp_path / "catalog.json").write_text(text)
    assert documents(Crawl.of_file(tmp_path / "catalog.json")) == []


def test_a_local_catalogue_becomes_items_with_their_files(root, platform, tmp_path):
    ingest = Ingest(platform.files, Counted(platform.catalogue), platform.workspaces, Readers(list))
    how = Load("lab", report=tmp_path / "report.ndjson")
    *_, progress = ingest.load(Crawl.of_file(root / "catalog.json"), how, ADA)
    assert (progress.at.registered, progress.at.refused, progress.left) == (2, 2, None)
    told = [json.loads(line) for line in (tmp_path / "report.ndjson").read_text().splitlines()]
    assert {line["address"] for line in told} == {"gone.json", "rivers/item-bad.json"}
    found = orjson.loads(platform.catalogue.item("lab.rivers", "item-1", ADA).body)
    href = found["assets"]["data"]["href"].removeprefix("thalweg:/workspaces/lab/files/")
    assert platform.files.local("lab", href, ADA).read_text() == "pixels of b"
    *_, again = ingest.load(Crawl.of_file(root / "catalog.json"), how, ADA)
    assert (again.at.registered, again.at.unchanged) == (0, 2)


def test_files_go_to_the_workspace_of_the_items_collection(root, platform):
    collection = json.loads((root / "rivers" / "collection.json").read_bytes())
    (root / "rivers" / "collection.json").write_text(json.dumps({**collection, "id": "rivers"}))
    for n, name in enumerate("ab"):
        (root / "rivers" / name / "item.json").write_text(json.dumps({**item(n), "collection": "rivers"}))
    (root / "rivers" / "item-bad.json").write_text(json.dumps({**item(3), "collection": None}))
    platform.workspaces.ensure("public", "Public", "anyone", ADMIN)
    ingest = Ingest(platform.files, platform.catalogue, platform.workspaces, Readers(list))
    *_, progress = ingest.load(Crawl.of_file(root / "catalog.json"), Load("lab"), ADMIN)
    assert (progress.at.registered, progress.at.refused) == (2, 2)
    assert "collection: the Item names none" in [why for why, _ in progress.reasons]
    found = orjson.loads(platform.catalogue.item("rivers", "item-1", ADMIN).body)
    assert found["assets"]["data"]["href"].startswith("thalweg:/workspaces/public/files/items/item-1-")


def test_a_crawl_without_an_item_makes_no_collection(root, platform):
    ingest = Ingest(platform.files, platform.catalogue, platform.workspaces, Readers(list))
    for name in "ab":
        (root / "rivers" / name / "item.json").write_text("{}")
    how = Load("lab", "lab.archive")
    *_, progress = ingest.load(Crawl.of_file(root / "catalog.json"), how, ADMIN)
    assert progress.at.registered == 0
    with pytest.raises(NotFound):
        platform.catalogue.collection("lab.archive", ADMIN)
