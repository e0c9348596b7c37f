"""pycsw, unmodified, harvests from the platform, and the platform from pycsw: afterwards both tell the same."""

import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import anyio
import httpx
import pytest
from lxml import etree

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from csw_world import LIKE, World, compares, search_2, that

from thalweg.catalogue.federation.catalogues import Federated

pytestmark = pytest.mark.peers
PROGRAM = Path(__file__).parent / "programs" / "pycsw_serve.py"
CSW, GMD = "http://www.opengis.net/cat/csw/2.0.2", "http://www.isotc211.org/2005/gmd"
OAI = "http://www.openarchives.org/OAI/2.0/"
LIBRARY = "demo.stacks"
NAMES = {"csw": CSW, "dc": "http://purl.org/dc/elements/1.1/"}
BASIC = {"service": "CSW", "version": "2.0.2"}


@pytest.fixture(scope="module")
def documents(real_data):
    """Return real documents of ISO 19139, each of another resource."""
    found = {}
    for path in sorted((real_data / "iso").rglob("*.xml")):
        root = etree.parse(path).getroot()
        if root.tag == f"{{{GMD}}}MD_Metadata":
            found[root.findtext(f"{{{GMD}}}fileIdentifier/*")] = path.read_bytes()
    return list(found.values())


@pytest.fixture(scope="module")
def ours(platform, documents, until):
    """Return the address of our CSW, with real documents beside what the demo has."""
    held = f"/records/collections/{LIBRARY}"
    with platform.client() as client:
        client.post("/records/collections", json={"id": LIBRARY, "title": "Stacks"}).raise_for_status()
        kept = []
        for content in documents:
            made = client.post(f"{held}/items", content=content, headers={"content-type": "application/xml"})
            kept.append(made.raise_for_status().headers["location"])
        address = f"{platform.url}/workspaces/demo/csw"
        until(lambda: is_settled(client, address))
        yield address
        for address in kept:
            client.delete(address)
        client.delete(held).raise_for_status()


def is_settled(client, address):
    """Tell whether each Collection that is there is told of, and none that is gone."""
    collections = client.get("/workspaces/demo/api/collections", params={"limit": 100}).raise_for_status().json()
    told = titles(address, constraintLanguage="CQL_TEXT", constraint="dc:type = 'collection'")
    return len(told) == len(collections["collections"])


@contextmanager
def serving(python, home, records):
    """Run a pycsw that holds the documents of a folder; yield its address."""
    command = [python, PROGRAM, home, records]
    with (home / "said").open("w") as said:
        process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=said)
    try:
        address = process.stdout.readline().strip()
        assert address, (home / "said").read_text()[-2000:]
        yield address
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="module")
def theirs(platform, installed, documents, tmp_path_factory):  # noqa: ARG001 - new ones for each store
    """Return the addresses of a pycsw that has nothing and of one that has the real documents."""
    python = installed("pycsw") / "bin/python"
    homes = [tmp_path_factory.mktemp(name) for name in ("empty", "full", "none", "documents")]
    for number, one in enumerate(documents):
        (homes[3] / f"{number}.xml").write_bytes(one)
    with serving(python, homes[0], homes[2]) as empty, serving(python, homes[1], homes[3]) as full:
        yield empty, full


def titles(address, but="", **narrowing):
    """Return the title of each record that a CSW tells, but for those of a type, by its identifier."""
    found, start = {}, 1
    asked = {**BASIC, "request": "GetRecords", "typeNames": "csw:Record", "elementSetName": "summary"}
    while start:
        page = httpx.get(
            address,
            params={**asked, **narrowing, "resultType": "results", "startPosition": start, "maxRecords": 20},
            timeout=60,
        )
        root = etree.fromstring(page.raise_for_status().content)
        for record in root.iter(f"{{{CSW}}}SummaryRecord"):
            key, title, kind = (record.findtext(f"dc:{one}", "", NAMES) for one in ("identifier", "title", "type"))
            if not but or kind != but:
                found[key] = " ".join(title.split())
        (results,) = root.iter(f"{{{CSW}}}SearchResults")
        assert results.get("numberOfRecordsMatched") is not None
        start = int(results.get("nextRecord"))
    return found


def harvested(address, source, headers=None, resource_type=CSW):
    """Have a CSW harvest a source; return how many records were inserted, updated and deleted."""
    asked = {**BASIC, "request": "Harvest", "source": source, "resourceType": resource_type}
    answer = httpx.get(address, params=asked, headers=headers, timeout=300)
    root = etree.fromstring(answer.content)
    assert etree.QName(root).localname == "HarvestResponse", answer.text[:2000]
    names = ("totalInserted", "totalUpdated", "totalDeleted")
    return tuple(int(root.findtext(f".//csw:{name}", "0", NAMES)) for name in names)


def test_pycsw_harvests_all_that_ours_tells(ours, theirs, documents):
    empty, _ = theirs
    told = titles(ours)
    assert len(told) > len(documents)
    inserted, _, _ = harvested(empty, ours)
    taken = titles(empty)
    # It keeps a record of the service too.
    assert inserted == len(told) + 1 == len(taken)
    assert {key: title for key, title in taken.items() if key in told} == told


def test_pycsw_harvests_again_what_has_changed_since(platform, ours, theirs):
    empty, _ = theirs
    held = f"/records/collections/{LIBRARY}/items"
    with platform.client() as client:
        shown = client.get(held, params={"limit": 2}).raise_for_status().json()["features"]
        gone, changed = [f"{held}/{one['id']}" for one in shown]
        client.delete(gone).raise_for_status()
        client.patch(
            changed,
            json={"properties": {"title": "Changed since"}},
            headers={"content-type": "application/merge-patch+json"},
        ).raise_for_status()
    told = titles(ours, but="service")
    assert (shown[0]["id"] in told, told[shown[1]["id"]]) == (False, "Changed since")
    harvested(empty, ours)
    # The second time it takes each record of a service for the service that it harvests.
    assert titles(empty, but="service") == told


@pytest.fixture
def catalogue(platform):
    """Return the address of an empty catalogue of ours, and remove it with what came into it."""
    address = "/records/collections/demo.brought"
    with platform.client() as client:
        client.post("/records/collections", json={"id": "demo.brought"}).raise_for_status()
        yield address
        for one in kept(client, address):
            client.delete(f"{address}/items/{one}").raise_for_status()
        client.delete(address).raise_for_status()


def kept(client, address):
    """Return the title of each Record of a catalogue of ours, by its id."""
    found = client.get(f"{address}/items", params={"limit": 100}).raise_for_status().json()["features"]
    return {one["id"]: " ".join(one["properties"].get("title", "").split()) for one in found}


@pytest.mark.parametrize("spoken", ["csw", "oai"])
def test_ours_harvests_all_that_pycsw_tells(platform, theirs, documents, catalogue, spoken):
    _, full = theirs
    told = titles(full)
    assert len(told) == len(documents)
    asked = {"source": full, "type": CSW} if spoken == "csw" else {"source": f"{full}/?mode=oaipmh", "type": OAI}
    with platform.client() as client:
        for expected in ("numberRegistered", "numberUnchanged"):
            answer = client.post(f"{catalogue}/harvest", json=asked)
            assert answer.raise_for_status().json()[expected] == len(told), answer.text
            assert kept(client, catalogue) == told


def test_ours_harvests_pycsw_as_csw_says_it(platform, theirs):
    _, full = theirs
    told, address = titles(full), f"{platform.url}/workspaces/admin/csw"
    assert harvested(address, full, platform.headers) == (len(told), 0, 0)
    held = "/records/collections/admin.records"
    with platform.client() as client:
        assert kept(client, held) == told
        for one in told:
            client.delete(f"{held}/items/{one}").raise_for_status()
        client.delete(held).raise_for_status()


SEARCHES = {
    "3.0.0": {"q": "water", "elementSetName": "summary", "maxRecords": "50", "distributedSearch": "TRUE"},
    "2.0.2": search_2(
        that(compares("PropertyIsLike", "csw:AnyText", "*water*", **LIKE), "summary"), maxRecords="50"
    ).replace("<csw:Query", '<csw:DistributedSearch hopCount="2"/><csw:Query', 1),
}


@pytest.mark.parametrize(("asks", "speaks"), [("3.0.0", "csw-2.0.2"), ("2.0.2", "csw-3.0.0")])
def test_pycsw_is_asked_in_the_version_that_it_is_said_to_speak(theirs, tmp_path, asks, speaks):
    _, full = theirs
    known = titles(full, constraintLanguage="CQL_TEXT", constraint="csw:AnyText like '%water%'")
    assert len(known) > 2
    world = World(tmp_path, federated=(Federated("pycsw", full, speaks),))
    search = SEARCHES[asks]
    if isinstance(search, str):
        told = anyio.run(world.post, search)
    else:
        pairs = {"service": "CSW", "version": asks, "request": "GetRecords", "typeNames": "Record", **search}
        told = anyio.run(partial(world.get, **pairs))
    found = told("//dc:identifier[1]/text()[not(starts-with(., 'urn:x-test:'))]")
    assert set(found) == set(known), told.content[:3000]
    world.close()
