"""Each kind of source is read from its first record to its last."""

import orjson
import pytest
from csw_world import ALICE, CSW2, RECORDS, World
from elsewhere import JSON, XML
from harvest_world import ALICE as ALSO_ALICE
from harvest_world import World as Repository

from thalweg.catalogue.harvests.harvester import Order
from thalweg.catalogue.harvests.oai import OAI
from thalweg.catalogue.records.query import RecordQuery

LIBRARY = "demo.library"
DUBLIN_CORE = f"""<csw:Record xmlns:csw="{CSW2}" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier>r3</dc:identifier></csw:Record>""".encode()


def order(there, path="/", **more):
    return Order(f"{there.url}{path}", LIBRARY, **more)


def kept(world, catalogue=LIBRARY):
    """Return the Records of a catalogue by id."""
    page = world.records.search(RecordQuery(catalogues=(catalogue,), limit=100), ALICE)
    return {entry.id: entry.record() for entry in page.found}


def counts(brought):
    return brought.read, brought.registered, brought.replaced, brought.unchanged, brought.refused


@pytest.fixture
def foreign(template, there):
    """Serve a catalogue of fifteen Records that is not ours."""
    made = World(template)
    there.serve(made.application)
    yield made
    made.close()


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize(("path", "kind"), [("/csw", CSW2), ("/csw?service=CSW&request=GetCapabilities", "")])
def test_a_whole_catalogue_is_harvested_by_csw(harvester, world, there, path, kind):
    brought = harvester.bring(order(there, path, kind=kind), ALICE)
    assert counts(brought) == (15, 15, 0, 0, 0)
    found = kept(world)
    assert set(found) == {one.id for one in RECORDS}
    assert found["urn:x-test:rhine"].title == "Water levels of the Rhine"
    assert found["urn:x-test:rhine"].boxes == RECORDS[0].boxes
    assert counts(harvester.bring(order(there, path, kind=kind), ALICE)) == (15, 0, 0, 15, 0)


@pytest.mark.usefixtures("foreign")
def test_a_catalogue_is_harvested_page_by_page(harvester, there, monkeypatch):
    monkeypatch.setattr("thalweg.catalogue.harvests.csw._AT_ONCE", 4)
    assert counts(harvester.bring(order(there, "/csw", kind=CSW2), ALICE)) == (15, 15, 0, 0, 0)
    assert sum(one == "/csw" for one in there.asked) >= 4


@pytest.mark.usefixtures("foreign")
def test_one_answer_of_csw_gives_what_is_in_it(harvester, there):
    path = (
        "/csw?service=CSW&version=2.0.2&request=GetRecordById&ElementSetName=full&id=urn:x-test:rhine,urn:x-test:elbe"
    )
    assert counts(harvester.bring(order(there, path, kind=CSW2), ALICE)) == (2, 2, 0, 0, 0)


def test_a_repository_is_harvested_by_oai_pmh(harvester, world, there, tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    repository = Repository(folder)
    there.serve(repository.application)
    brought = harvester.bring(order(there, "/oai"), ALICE)
    assert brought.read == 6
    assert brought.since
    found = kept(world)
    assert {"guide", "maps", "atlas", "demo.images:olinda"} <= set(found)
    assert found["guide"].title == "How the Yangtze floods"
    repository.records.remove("atlas", "demo.library", ALSO_ALICE)
    narrowed = order(there, "/oai?metadataPrefix=oai_dc&set=collection:demo.library", kind=OAI)
    assert harvester.bring(narrowed, ALICE).read == 2
    repository.close()


def a_record(number, **more):
    return {
        "type": "Feature",
        "id": f"r{number}",
        "geometry": None,
        "time": None,
        "properties": {"type": "dataset", "title": f"Number {number}"},
        "links": [
            {"rel": "self", "href": f"/records/r{number}", "type": JSON},
            {"rel": "root", "href": "/", "type": "application/json"},
            {"rel": "enclosure", "href": "data.csv", "type": "text/csv"},
        ],
        **more,
    }


def test_pages_of_records_are_followed_and_lead_back_to_where_they_came_from(harvester, world, there):
    def page(handler, _body):
        number = int(handler.path.partition("page=")[2] or 0)
        links = [{"rel": "next", "href": f"/items?page={number + 1}", "type": JSON}] if number < 3 else []
        features = [a_record(10 * number + one) for one in range(10)]
        return 200, JSON, orjson.dumps({"type": "FeatureCollection", "features": features, "links": links})

    there.answers["/items"] = page
    assert counts(harvester.bring(order(there, "/items"), ALICE)) == (40, 40, 0, 0, 0)
    links = {one.rel: one.href for one in kept(world)["r7"].links}
    assert links == {"via": f"{there.url}/records/r7", "enclosure": f"{there.url}/data.csv"}


def test_a_static_catalogue_is_followed_by_its_links(harvester, world, there):
    def said(document):
        return 200, "application/json", orjson.dumps(document)

    there.answers |= {
        "/catalogue.json": said(
            {
                "type": "Collection",
                "id": "c",
                "links": [
                    {"rel": "item", "href": "one.json"},
                    {"rel": "item", "href": "one.json"},
                    {"rel": "child", "href": "more.json"},
                    {"rel": "item", "href": "page.html", "type": "text/html"},
                    {"rel": "item", "href": "three.xml", "type": "application/xml"},
                ],
            }
        ),
        "/one.json": said(a_record(1)),
        "/two.json": said(a_record(2)),
        "/three.xml": (200, XML, DUBLIN_CORE),
        "/more.json": said(
            {
                "type": "Catalog",
                "links": [{"rel": "item", "href": "two.json"}, {"rel": "child", "href": "catalogue.json"}],
            }
        ),
    }
    assert counts(harvester.bring(order(there, "/catalogue.json"), ALICE)) == (3, 3, 0, 0, 0)
    assert set(kept(world)) == {"r1", "r2", "r3"}


def test_one_that_cannot_be_read_among_many_is_refused_alone(harvester, world, there):
    features = [a_record(1), a_record(2, geometry={"type": "Point", "coordinates": [900, 0]}), {"type": "Nonsense"}]
    there.answers["/items"] = (200, JSON, orjson.dumps({"type": "FeatureCollection", "features": features}))
    brought = harvester.bring(order(there, "/items"), ALICE)
    assert counts(brought) == (3, 1, 0, 0, 2)
    assert len(brought.faults) == 2
    assert set(kept(world)) == {"r1"}


def test_a_document_of_iso_is_kept_to_the_byte(harvester, world, there, real_data):
    path = min((real_data / "iso").rglob("*.xml"))
    there.answers["/iso.xml"] = (200, XML, path.read_bytes())
    assert counts(harvester.bring(order(there, "/iso.xml"), ALICE)) == (1, 1, 0, 0, 0)
    (record,) = kept(world).values()
    assert record.given.content == path.read_bytes()
