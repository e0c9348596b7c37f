"""The requirements of OGC API Records 1.0 (20-004r1), each by its name, on a small catalogue of our own."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import httpx
import jsonschema_rs
import openapi_spec_validator
import pytest

from thalweg.catalogue.api.records import classes, records
from thalweg.catalogue.api.records.forms import OF_RECORD
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records.record import Concept, Contact, ExternalId, Link, Record, Rights, Span, Theme
from thalweg.catalogue.records.service import Records
from thalweg.catalogue.service import Catalogue
from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.validation import Validator
from thalweg.core.geometry import BBox
from thalweg.core.principals import Principal
from thalweg.guard.outbound import Outbound
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import Root
from thalweg.web.site import Site
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore

pytestmark = pytest.mark.anyio
OWNER = Principal("owner")
LIBRARY, EVERYTHING = "/collections/demo.library", "/collections/all"
TEMPLATE = {
    "rel": "describes",
    "uriTemplate": "https://maps.example/wms?bbox={bbox}",
    "variables": {"bbox": {"type": "string"}},
}
PHONES = ("+49 (0) 69 8062-2546", "T+49 69 8062 2546", "01-123-456-7890")
GUIDE = Record(
    id="guide",
    type="document",
    title="How the Yangtze floods",
    description="What every flood leaves behind.",
    keywords=("river", "flood"),
    themes=(Theme("https://vocabulary.example/water", (Concept("floods", "Floods"),)),),
    language="en",
    created=datetime(2020, 1, 1, tzinfo=UTC),
    updated=datetime(2020, 2, 1, tzinfo=UTC),
    boxes=(BBox(110, 28, 122, 34),),
    span=Span("2019-06-01", "2019-08-31"),
    contacts=(
        Contact(name="Ann", organization="River Bureau", roles=("author",), phones=PHONES, url="https://river.example"),
    ),
    rights=Rights(license="CC-BY-4.0"),
    external_ids=(ExternalId("47", "isbn"),),
    links=(Link("https://river.example/guide.pdf", "enclosure", "application/pdf", "The guide"),),
)
SERVICE = Record(
    id="maps",
    type="service",
    title="Maps of rivers",
    updated=datetime(2021, 2, 1, tzinfo=UTC),
    boxes=(BBox(-10, 40, 10, 50),),
    span=Span("2021-01-01T02:00:00+02:00", ".."),
    link_templates=(TEMPLATE,),
    rights=Rights(license="other"),
    links=(Link("https://maps.example/license", "license", "text/html"),),
)
TIMELESS = Record(
    id="a b/c?d", type="dataset", title="Of no place and no time", updated=datetime(2022, 2, 1, tzinfo=UTC)
)
COLLECTION = {
    "type": "Collection",
    "stac_version": "1.1.0",
    "id": "demo.images",
    "title": "Images",
    "description": "Images of rivers.",
    "license": "proprietary",
    "providers": [{"name": "River Bureau", "roles": ["producer"], "url": "https://river.example"}],
    "extent": {"spatial": {"bbox": [[110, 28, 122, 34]]}, "temporal": {"interval": [["2019-01-01T00:00:00Z", None]]}},
    "links": [],
}
IMAGE = {
    "type": "Feature",
    "stac_version": "1.1.0",
    "id": "wuhan",
    "collection": "demo.images",
    "geometry": {"type": "Point", "coordinates": [114.3, 30.6]},
    "bbox": [114.3, 30.6, 114.3, 30.6],
    "properties": {"datetime": "2019-07-01T00:00:00Z", "title": "Wuhan under water", "sci:doi": "10.5281/w.1"},
    "assets": {},
    "links": [],
}
IMAGE_RECORD = "demo.images:wuhan"
ALL = {GUIDE.id, SERVICE.id, TIMELESS.id, IMAGE_RECORD}

_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_PHONE = r"^\+[1-9][0-9]{3,14}$"
_LINK = {"type": "object", "required": ["href", "rel"]}
RECORD_SCHEMA = {
    "type": "object",
    "required": ["id", "type", "geometry", "properties", "time", "links"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "type": {"const": "Feature"},
        "geometry": {"type": ["object", "null"]},
        "time": {
            "type": ["object", "null"],
            "properties": {
                "date": {"pattern": _DAY},
                "timestamp": {"pattern": _INSTANT},
                "interval": {
                    "type": "array",
                    "minItems": 2,
                    "maxItems": 2,
                    "items": {"anyOf": [{"pattern": _DAY}, {"pattern": _INSTANT}, {"const": ".."}]},
                },
            },
        },
        "links": {"type": "array", "items": _LINK},
        "linkTemplates": {"type": "array", "items": {"type": "object", "required": ["uriTemplate"]}},
        "conformsTo": {"type": "array", "items": {"type": "string"}},
        "properties": {
            "type": "object",
            "properties": {
                "created": {"pattern": _INSTANT},
                "updated": {"pattern": _INSTANT},
                "type": {"type": "string"},
                "title": {"type": "string"},
                "description": {"type": "string"},
                "keywords": {"type": "array", "items": {"type": "string"}},
                "themes": {"type": "array", "minItems": 1, "items": {"required": ["concepts", "scheme"]}},
                "language": {"type": "object", "required": ["code"]},
                "resourceLanguages": {"type": "array", "items": {"required": ["code"]}},
                "externalIds": {"type": "array", "items": {"type": "object", "required": ["value"]}},
                "formats": {"items": {"anyOf": [{"required": ["name"]}, {"required": ["mediaType"]}]}},
                "contacts": {
                    "items": {
                        "anyOf": [{"required": ["name"]}, {"required": ["organization"]}],
                        "properties": {"phones": {"items": {"properties": {"value": {"pattern": _PHONE}}}}},
                    }
                },
                "license": {"type": "string"},
                "rights": {"type": "string"},
            },
        },
    },
}
CATALOGUE_SCHEMA = {
    "type": "object",
    "required": ["id", "type", "links", "itemType"],
    "properties": {
        "type": {"const": "Collection"},
        "itemType": {"const": "record"},
        "links": {"type": "array", "items": _LINK},
        "defaultSortOrder": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "direction"],
                "properties": {"field": {"type": "string"}, "direction": {"enum": ["asc", "desc"]}},
            },
        },
    },
}


def of(store, folder):
    """Return a platform of Records alone over a store, with what the tests look for."""
    engine = open_engine(f"sqlite:///{folder / 'control.sqlite'}")
    migrate(engine, "sql")
    migrate(engine, "workspaces")
    workspaces, limits = Workspaces(SqlStore(engine)), Limits()
    workspaces.create("demo", "Demo", "anyone", OWNER)
    made = Records(store, workspaces, limits)
    made.ensure_catalogue("demo.library", "Library", "What was written.", OWNER)
    made.register([GUIDE, SERVICE, TIMELESS], "demo.library", OWNER)
    outbound = Outbound()
    items = Catalogue(store, workspaces, Validator(outbound.check_spelling, limits), limits)
    items.register_collection(COLLECTION, OWNER)
    items.register([IMAGE], OWNER)
    faces = records.faces(RecordServing(made, Sealer(b"a secret of the tests")), lambda: outbound)
    root = Root("/records", "Test", "A test.", faces, "1", links=[records.landing_links])
    return Application(root.routes(Site())), engine


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    store = open_store(f"sqlite:///{folder / 'items.sqlite'}")
    made, engine = of(store, folder)
    yield made
    store.close()
    engine.dispose()


class Asking:
    """Asks below the root of the Records, and expects an answer that is good."""

    def __init__(self, application):
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://eo.example")

    async def answer(self, where, accept=None, **asked):
        path = where if where.startswith("http") else f"/records{where}"
        headers = {} if accept is None else {"accept": accept}
        found = await self._client.get(path, params=asked or None, headers=headers)
        assert found.status_code == 200, found.text
        return found

    async def json(self, where, **asked):
        return (await self.answer(where, **asked)).json()

    async def ids(self, catalogue=EVERYTHING, **asked):
        return {one["id"] for one in (await self.json(f"{catalogue}/items", limit=100, **asked))["features"]}

    async def status(self, where, **asked):
        return (await self._client.get(f"/records{where}", params=asked)).status_code

    async def declared(self):
        return set((await self.json("/conformance"))["conformsTo"])

    async def records(self):
        """Return every Record that there is, each as it is at its own address."""
        page = await self.json(f"{EVERYTHING}/items", limit=100)
        return [await self.json(linked(one, "self")[0]) for one in page["features"]]

    async def catalogues(self):
        return (await self.json("/collections"))["collections"]

    async def parameters(self, path):
        described = (await self.json("/openapi", f="3.0"))["paths"][path]["get"]["parameters"]
        return {one["name"]: one for one in described}


@pytest.fixture
def asking(application):
    return Asking(application)


def linked(document, rel):
    return [one["href"] for one in document["links"] if one["rel"] == rel]


def valid(schema, document):
    return [str(error) for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(document)]


def is_a_list(parameter):
    schema = parameter["schema"]
    return (
        parameter["in"] == "query"
        and not parameter["required"]
        and (schema["type"], schema["items"]["type"]) == ("array", "string")
        and (parameter["style"], parameter["explode"]) == ("form", False)
    )


# Record core


async def test_req_record_core_mandatory_properties_record(asking):
    found = await asking.records()
    assert {one["id"] for one in found} == ALL


async def test_req_record_core_time_instant(asking):
    (image,) = [one for one in await asking.records() if one["id"] == IMAGE_RECORD]
    assert re.fullmatch(_INSTANT, image["time"]["timestamp"])


async def test_req_record_core_time_interval(asking):
    for one in await asking.records():
        ends = (one["time"] or {}).get("interval", [])
        kinds = {"day" if re.fullmatch(_DAY, end) else "time" for end in ends if end != ".."}
        assert len(kinds) <= 1
        assert all(end == ".." or re.fullmatch(_DAY, end) or re.fullmatch(_INSTANT, end) for end in ends)


async def test_req_record_core_time_instant_interval(asking):
    for one in await asking.records():
        told = set(one["time"] or {}) - {"resolution"}
        assert len(told) <= 1, "an instant and an interval never stand beside each other here"


async def test_req_record_core_time_zone(asking):
    service = await asking.json(f"{LIBRARY}/items/maps")
    assert service["time"] == {"interval": ["2021-01-01T00:00:00Z", ".."]}


async def test_req_record_core_contact(asking):
    guide = await asking.json(f"{LIBRARY}/items/guide")
    for contact in guide["properties"]["contacts"]:
        assert all(link["rel"] == "about" and link["type"] for link in contact["links"])
        assert [one["value"] for one in contact["phones"]] == ["+496980622546", "+496980622546"]
        assert contact["contactInstructions"] == "telephone 01-123-456-7890"
        assert "logo" not in contact or contact["logo"]["type"].startswith("image/")


async def test_req_record_core_license(asking):
    for one in await asking.records():
        named = one["properties"].get("license")
        assert named in (None, "CC-BY-4.0", "other")
    assert linked(await asking.json(f"{LIBRARY}/items/maps"), "license")


async def test_req_record_core_links(asking):
    for one in await asking.records():
        (above,) = linked(one, "collection")
        catalogue = await asking.json(above)
        assert one["id"] in {found["id"] for found in (await asking.json(f"{above}/items"))["features"]}
        assert catalogue["itemType"] == "record"


async def test_req_record_core_templated_link(asking):
    assert (await asking.json(f"{LIBRARY}/items/maps"))["linkTemplates"] == [TEMPLATE]


async def test_req_record_core_templated_link_header(asking):
    answer = await asking.answer(f"{LIBRARY}/items/maps")
    assert "{" not in answer.headers["link"], "a templated link stands in the document, never in a header"


async def test_req_record_core_default_mediatype(asking):
    answer = await asking.answer(f"{LIBRARY}/items/guide")
    assert answer.headers["content-type"] == "application/geo+json"
    assert classes.RECORD_PROFILE in linked(answer.json(), "profile")


# Record collection


async def test_req_record_collection_mandatory_properties_collection(asking):
    for one in await asking.catalogues():
        assert valid(CATALOGUE_SCHEMA, await asking.json(linked(one, "self")[0])) == []


async def test_req_record_collection_itemtype(asking):
    assert {one["itemType"] for one in await asking.catalogues()} == {"record"}
    assert (await asking.json("/collections"))["itemType"] == "catalog"


async def test_req_record_collection_contact(asking):
    (bureau,) = (await asking.json("/collections/demo.images"))["contacts"]
    assert bureau["organization"] == "River Bureau"
    assert all(link["rel"] == "about" and link["type"] for link in bureau["links"])


async def test_req_record_collection_license(asking):
    assert (await asking.json("/collections/demo.images"))["license"] == "other"


async def test_req_record_collection_links_record(asking):
    page = await asking.json(linked(await asking.json(LIBRARY), "child")[0])
    found = {(await asking.json(href))["id"] for href in linked(page, "item")}
    assert found == {GUIDE.id, SERVICE.id, TIMELESS.id}


async def test_req_record_collection_links_records(asking):
    for one in await asking.catalogues():
        assert (await asking.json(linked(one, "items")[0]))["type"] == "FeatureCollection"


async def test_req_record_collection_records(asking):
    for one in await asking.catalogues():
        assert "records" not in one, "no catalogue holds its Records in itself"


async def test_req_record_collection_records_array_name(asking):
    page = await asking.json("/collections")
    assert isinstance(page[page["recordsArrayName"]], list)


async def test_req_record_collection_links_catalog_related(asking):
    assert linked(await asking.json("/collections/demo.images"), "describes")
    for one in await asking.catalogues():
        assert linked(one, "related") == [], "catalogues here are related by the list above them alone"


async def test_req_record_collection_links_catalog_series(asking):
    for one in await asking.catalogues():
        assert linked(one, "next") == [], "no catalogue here is one of a series"


async def test_req_record_collection_links_catalog_hierarchy(asking):
    page = await asking.json("/collections")
    assert linked(page, "child") == [linked(one, "self")[0] for one in page["collections"]]


async def test_req_record_collection_links(asking):
    for one in await asking.catalogues():
        (own,) = linked(one, "self")
        shown = await asking.json(own)
        assert shown == await asking.json(linked(shown, "self")[0]) == one
        for other in linked(one, "alternate"):
            assert (await asking.answer(other)).headers["content-type"].startswith("text/html")


async def test_req_record_collection_default_mediatype(asking):
    assert (await asking.answer(LIBRARY)).headers["content-type"] == "application/ogc-catalog+json"


# Query parameters

NARROWED = {
    "bbox": [("113,29,116,32", {GUIDE.id, IMAGE_RECORD}), ("-5,41,5,45", {SERVICE.id}), ("170,-10,-170,10", set())],
    "datetime": [
        ("2019-07-01T00:00:00Z", {GUIDE.id, IMAGE_RECORD}),
        ("2019-08-01T00:00:00Z/2019-09-01T00:00:00Z", {GUIDE.id}),
        ("2021-06-01T00:00:00Z/..", {SERVICE.id, TIMELESS.id}),
    ],
    "q": [
        ("FLOODS", {GUIDE.id}),
        ("yangtze,maps", {GUIDE.id, SERVICE.id}),
        ("yangtze   floods", {GUIDE.id}),
        ("floods yangtze", set()),
        ("river", {GUIDE.id}),
    ],
    "type": [
        ("service", {SERVICE.id}),
        ("document,item", {GUIDE.id, IMAGE_RECORD}),
        ("Service", set()),
    ],
    "ids": [("guide", {GUIDE.id}), (f"guide,{IMAGE_RECORD},nothing", {GUIDE.id, IMAGE_RECORD})],
    "externalIds": [
        ("isbn:47", {GUIDE.id}),
        ("47", {GUIDE.id}),
        ("isbn", {GUIDE.id}),
        ("isbn:48", set()),
        ("issn:47", set()),
        ("10.5281/w.1", {IMAGE_RECORD}),
        ("https://doi.org:10.5281/w.1", {IMAGE_RECORD}),
        ("https://doi.org,47", {IMAGE_RECORD, GUIDE.id}),
    ],
    "filter": [
        ("type = 'service'", {SERVICE.id}),
        ("S_INTERSECTS(geometry, BBOX(113,29,116,32)) AND license = 'CC-BY-4.0'", {GUIDE.id}),
        ("title LIKE 'Maps%' OR id = 'demo.images:wuhan'", {SERVICE.id, IMAGE_RECORD}),
        ("A_CONTAINS(keywords, ('flood','river'))", {GUIDE.id}),
    ],
}


async def narrows(asking, name):
    for asked, found in NARROWED[name]:
        assert await asking.ids(**{name: asked}) == found, (name, asked)


async def test_req_record_core_query_parameters_bbox(asking):
    await narrows(asking, "bbox")
    assert await asking.status(f"{EVERYTHING}/items", bbox="1,2,3") == 400


async def test_req_record_core_query_parameters_datetime(asking):
    await narrows(asking, "datetime")
    assert await asking.status(f"{EVERYTHING}/items", datetime="yesterday") == 400


async def test_req_record_core_query_parameters_limit(asking):
    for limit in (1, 2):
        page = await asking.json(f"{EVERYTHING}/items", limit=limit)
        assert (len(page["features"]), page["numberReturned"], page["numberMatched"]) == (limit, limit, len(ALL))
        assert linked(page, "next")
    assert await asking.status(f"{EVERYTHING}/items", limit=0) == 400


async def test_req_record_core_query_parameters_q_definition(asking):
    assert is_a_list((await asking.parameters("/collections/{catalogue}/items"))["q"])


async def test_req_record_core_query_parameters_q_response(asking):
    await narrows(asking, "q")


async def test_req_record_core_query_parameters_type_definition(asking):
    assert is_a_list((await asking.parameters("/collections/{catalogue}/items"))["type"])


async def test_req_record_core_query_parameters_type_response(asking):
    await narrows(asking, "type")


async def test_req_record_core_query_parameters_ids_definition(asking):
    assert is_a_list((await asking.parameters("/collections/{catalogue}/items"))["ids"])


async def test_req_record_core_query_parameters_ids_response(asking):
    await narrows(asking, "ids")


async def test_req_record_core_query_parameters_externalids_definition(asking):
    assert is_a_list((await asking.parameters("/collections/{catalogue}/items"))["externalIds"])


async def test_req_record_core_query_parameters_externalids_response(asking):
    await narrows(asking, "externalIds")


async def test_req_query_param_profile_definition(asking):
    for path in ("/collections/{catalogue}/items", "/collections/{catalogue}/items/{record}"):
        assert is_a_list((await asking.parameters(path))["profile"])


async def test_req_query_param_profile_response(asking):
    for profile in ("ogc-record", "[ogc-profile:ogc-record]", classes.RECORD_PROFILE, "https://example.org/unknown"):
        page = await asking.json(f"{LIBRARY}/items", profile=profile)
        assert linked(page, "profile") == [classes.RECORD_PROFILE]
        assert linked(await asking.json(f"{LIBRARY}/items/guide", profile=profile), "profile")
    assert linked(await asking.json(f"{LIBRARY}/items"), "profile") == [classes.RECORD_PROFILE]


# Records API


async def test_req_records_api_features_api(asking):
    assert set(classes.FEATURES) <= await asking.declared()
    page = await asking.json("/")
    for rel in ("self", "service-desc", "service-doc", "conformance", "data"):
        assert linked(page, rel)
    assert await asking.status(f"{LIBRARY}/items", nonsense=1) == 400
    assert await asking.status("/collections/nowhere/items") == 404
    assert await asking.status(f"{LIBRARY}/items/nothing") == 404


async def test_req_records_api_resource_name_mapping(asking):
    page = await asking.json(f"{LIBRARY}/items")
    assert page["type"] == "FeatureCollection"
    assert all(one["type"] == "Feature" for one in page["features"])


async def test_req_records_api_catalog_response(asking):
    for one in await asking.catalogues():
        assert valid(CATALOGUE_SCHEMA, await asking.json(linked(one, "self")[0])) == []


async def test_req_records_api_catalogs_response(asking):
    found = await asking.catalogues()
    assert [one["id"] for one in found] == ["all", "demo.library", "demo.images"]
    assert [error for one in found for error in valid(CATALOGUE_SCHEMA, one)] == []


async def test_req_records_api_records_op(asking):
    for one in await asking.catalogues():
        assert (await asking.json(f"/collections/{one['id']}/items"))["numberReturned"] > 0


async def test_req_records_api_mandatory_params(asking):
    wanted = {"bbox", "datetime", "limit", "q", "type", "ids", "externalIds"}
    assert wanted <= set(await asking.parameters("/collections/{catalogue}/items"))


async def test_req_records_api_query_params(asking):
    assert await asking.ids(bbox="113,29,116,32", type="item") == {IMAGE_RECORD}
    assert await asking.ids(bbox="113,29,116,32", type="service") == set()
    assert await asking.ids(q="river", license="CC-BY-4.0") == {GUIDE.id}


async def test_req_records_api_record_op(asking):
    page = await asking.json(f"{EVERYTHING}/items", limit=100)
    for one in page["features"]:
        assert (await asking.json(linked(one, "self")[0]))["id"] == one["id"]


async def test_req_records_api_record_response(asking):
    for one in await asking.records():
        (own,) = linked(one, "self")
        assert valid(RECORD_SCHEMA, await asking.json(own)) == []
        others = {link["type"] for link in one["links"] if link["rel"] == "alternate"}
        assert others == {form.kind for form in OF_RECORD[1:]}
        assert len(linked(one, "collection")) == 1
        assert all("rel" in link for link in one["links"])


# Filters and orders


async def test_req_record_filter_filter_param(asking):
    await narrows(asking, "filter")
    assert await asking.status(f"{EVERYTHING}/items", filter="((") == 400


async def test_req_record_filter_filter_lang_param(asking):
    written = '{"op":"=","args":[{"property":"type"},"service"]}'
    assert await asking.ids(**{"filter": written, "filter-lang": "cql2-json"}) == {SERVICE.id}
    assert await asking.status(f"{EVERYTHING}/items", **{"filter": "true", "filter-lang": "sql"}) == 400


async def test_req_record_filter_filter_crs_param(asking):
    box = "S_INTERSECTS(geometry, POLYGON((29 113, 32 113, 32 116, 29 116, 29 113)))"
    system = "http://www.opengis.net/def/crs/EPSG/0/4326"
    assert await asking.ids(**{"filter": box, "filter-crs": system}) == {GUIDE.id, IMAGE_RECORD}


async def test_req_record_filter_response(asking):
    assert await asking.ids(filter="type = 'document'", q="yangtze", bbox="113,29,116,32") == {GUIDE.id}
    assert await asking.ids(filter="type = 'document'", q="maps") == set()


async def test_req_sorting_conformance(asking):
    assert {classes.SORTING, classes.AUTODISCOVERY} <= await asking.declared()


async def test_req_sorting_sortby_definition(asking):
    assert is_a_list((await asking.parameters("/collections/{catalogue}/items"))["sortby"])
    plain, signed = [
        [one["id"] for one in (await asking.json(f"{LIBRARY}/items", sortby=order))["features"]]
        for order in ("title", "+title")
    ]
    assert plain == signed


async def test_req_sorting_sortby_response(asking):
    for order, found in (
        ("title", [GUIDE.id, SERVICE.id, TIMELESS.id]),
        ("-title", [TIMELESS.id, SERVICE.id, GUIDE.id]),
        ("type,-updated", [TIMELESS.id, GUIDE.id, SERVICE.id]),
        ("language,-id", [GUIDE.id, SERVICE.id, TIMELESS.id]),
    ):
        page = await asking.json(f"{LIBRARY}/items", sortby=order)
        assert [one["id"] for one in page["features"]] == found, order


async def test_req_sorting_get_sortables_op(asking):
    for one in await asking.catalogues():
        (where,) = linked(one, "http://www.opengis.net/def/rel/ogc/1.0/sortables")
        assert (await asking.answer(where)).headers["content-type"] == "application/schema+json"


async def test_req_sorting_get_sortables_success(asking):
    told = await asking.json(f"{LIBRARY}/sortables?f=json")
    assert told["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert told["$id"] == f"http://eo.example/records{LIBRARY}/sortables"
    assert told["type"] == "object"
    assert told.get("additionalProperties", False) is False
    assert {"title", "type", "updated", "datetime"} <= set(told["properties"])
    assert all("type" in one for one in told["properties"].values())


async def test_req_sorting_defaultsortorder_definition(asking):
    catalogue = await asking.json(EVERYTHING)
    (first,) = catalogue["defaultSortOrder"]
    assert first["field"] in (await asking.json(f"{EVERYTHING}/sortables"))["properties"]
    listed = [one["id"] for one in (await asking.json(f"{EVERYTHING}/items"))["features"]]
    order = ("-" if first["direction"] == "desc" else "+") + first["field"]
    assert listed == [one["id"] for one in (await asking.json(f"{EVERYTHING}/items", sortby=order))["features"]]


# Encodings


async def test_req_json_catalog_content(asking):
    for one in await asking.catalogues():
        assert valid(CATALOGUE_SCHEMA, await asking.json(linked(one, "self")[0])) == []


async def test_req_json_catalog_content_profile(asking):
    assert classes.CATALOGUE_PROFILE in linked(await asking.json(LIBRARY), "profile")


async def test_req_json_catalog_response(asking):
    for accept in ("application/ogc-catalog+json", "application/json", "*/*"):
        answer = await asking.answer(LIBRARY, accept)
        assert answer.headers["content-type"] == "application/ogc-catalog+json"


async def test_req_json_conformance(asking):
    assert classes.JSON in await asking.declared()


async def test_req_html_conformance(asking):
    assert classes.HTML in await asking.declared()


async def test_req_oas30_conformance(asking):
    assert classes.OAS30 in await asking.declared()


async def test_req_json_record_content(asking):
    page = await asking.json(f"{EVERYTHING}/items")
    assert page["type"] == "FeatureCollection"
    assert [error for one in page["features"] for error in valid(RECORD_SCHEMA, one)] == []
    assert [error for one in await asking.records() for error in valid(RECORD_SCHEMA, one)] == []


async def test_req_json_record_content_profile(asking):
    for where in (f"{LIBRARY}/items", f"{LIBRARY}/items/guide"):
        assert classes.RECORD_PROFILE in linked(await asking.json(where, profile="ogc-record"), "profile")


async def test_req_json_record_response(asking):
    for where in (f"{LIBRARY}/items", f"{LIBRARY}/items/guide"):
        answer = await asking.answer(where, "application/geo+json")
        assert answer.headers["content-type"] == "application/geo+json"
    guide = await asking.json(f"{LIBRARY}/items/guide")
    assert guide["geometry"]["type"] == "Polygon"
    assert guide["bbox"] == [110, 28, 122, 34]


PAGES = (
    "/",
    "/conformance",
    "/collections",
    "/collections-queryables",
    "/collections-sortables",
    LIBRARY,
    f"{LIBRARY}/items",
    f"{LIBRARY}/items/guide",
    f"{LIBRARY}/queryables",
    f"{LIBRARY}/sortables",
    f"{LIBRARY}/facets",
    f"{LIBRARY}/crawl",
)


@pytest.mark.parametrize("page", PAGES)
async def test_req_html_definition(asking, page):
    for answer in (await asking.answer(page, "text/html"), await asking.answer(page, f="html")):
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.text.startswith("<!doctype html>")
        assert _Balanced().faults_of(answer.text) == []


class _Balanced(HTMLParser):
    """Finds what makes a page no HTML: elements that are not closed in their order, links within links."""

    VOID = frozenset({"meta", "link", "br", "input", "img", "hr"})

    def faults_of(self, text):
        self.open, self.faults = [], []
        self.feed(text)
        return self.faults + self.open

    def handle_starttag(self, tag, attrs):
        if len(dict(attrs)) < len(attrs) or (tag == "a" and "a" in self.open):
            self.faults.append((tag, self.getpos()))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Do nothing: elements of SVG may close themselves."""

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append((f"/{tag}", self.getpos()))


class _Anchors(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.discovered = set(), set()

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "a":
            self.found.add(told.get("href"))
        if tag == "link" and told.get("rel") == classes.CATALOGUE_REL:
            self.discovered.add(told["href"])


def anchors(answer):
    parser = _Anchors()
    parser.feed(answer.text)
    return parser


async def test_req_html_content(asking):
    guide = await asking.json(f"{LIBRARY}/items/guide")
    answer = await asking.answer(f"{LIBRARY}/items/guide", f="html")
    for told in (
        "How the Yangtze floods",
        "What every flood leaves behind.",
        "flood",
        "CC-BY-4.0",
        "River Bureau",
        "47",
    ):
        assert told in answer.text
    own = ("self", "profile", "alternate")
    wanted = {one["href"].partition("?")[0] for one in guide["links"] if one["rel"] not in own}
    assert wanted <= {href.partition("?")[0] for href in anchors(answer).found}
    others = {one["href"] for one in guide["links"] if one["rel"] == "alternate" and "html" not in one["type"]}
    assert others <= anchors(answer).found


async def test_req_oas30_oas_common(asking):
    answer = await asking.answer("/openapi")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    openapi_spec_validator.validate(answer.json())


async def test_req_autodiscovery_links(asking):
    for where in linked(await asking.json("/"), classes.CATALOGUE_REL):
        await asking.answer(where)
    for page in PAGES:
        (found,) = anchors(await asking.answer(page, f="html")).discovered
        assert found.endswith("/records/collections/all/items")


# Deployments


async def test_req_crawlable_catalog_record(asking):
    page = await asking.json(f"{EVERYTHING}/crawl")
    found = [await asking.json(href) for href in linked(page, "item")]
    assert {one["id"] for one in found} == ALL
    assert [error for one in found for error in valid(RECORD_SCHEMA, one)] == []


async def test_req_crawlable_catalog_record_location(asking):
    for href in linked(await asking.json(f"{EVERYTHING}/crawl"), "item"):
        assert "?" not in href
        await asking.answer(href)


async def test_req_crawlable_catalog_catalog(asking):
    page = await asking.json(f"{LIBRARY}/crawl")
    assert valid(CATALOGUE_SCHEMA, page) == []


async def test_req_crawlable_catalog_location(asking):
    for one in await asking.catalogues():
        for where in (*linked(one, "self"), *linked(one, "child")):
            assert "?" not in where
            await asking.answer(where)


async def test_req_crawlable_catalog_conformance(asking):
    for where in (LIBRARY, f"{LIBRARY}/crawl"):
        assert classes.CRAWLABLE in (await asking.json(where))["conformsTo"]


async def test_req_searchable_catalog_common(asking):
    wanted = {classes.RECORDS_API, classes.RECORD_CORE, classes.RECORD_COLLECTION, classes.QUERY_PARAMETERS}
    assert wanted <= await asking.declared()


async def test_req_searchable_catalog_conformance(asking):
    assert {classes.FEATURES_CORE, classes.SEARCHABLE} <= await asking.declared()


async def test_req_searchable_catalog_mandatory_catalog_properties(asking):
    assert {"id", "type", "links"} <= set(await asking.json(LIBRARY))


async def test_req_searchable_catalog_mandatory_record_properties(asking):
    assert all(one["id"] for one in (await asking.json(f"{LIBRARY}/items"))["features"])


async def test_req_searchable_catalog_filtering(asking):
    await narrows(asking, "filter")


async def test_req_searchable_catalog_filtering_conformance(asking):
    assert set(classes.SEARCHABLE_FILTERING) <= await asking.declared()


async def test_req_searchable_catalog_mandatory_queryables(asking):
    told = (await asking.json(f"{LIBRARY}/queryables"))["properties"]
    assert {"id", "type", "title", "description", "keywords", "language", "created", "updated", "license"} <= set(told)


async def test_req_searchable_catalog_sorting(asking):
    page = await asking.json(f"{LIBRARY}/items", sortby="-updated")
    assert [one["id"] for one in page["features"]] == [TIMELESS.id, SERVICE.id, GUIDE.id]


async def test_req_searchable_catalog_sorting_conformance(asking):
    assert set(classes.SEARCHABLE_SORTING) <= await asking.declared()


async def test_req_local_resources_catalog_common(asking):
    wanted = {classes.RECORD_CORE, classes.RECORD_COLLECTION, classes.AUTODISCOVERY}
    assert wanted <= await asking.declared()


async def test_req_local_resources_catalog_conformance(asking):
    assert {classes.LOCAL, classes.FEATURES_GEOJSON, classes.FEATURES_HTML} <= await asking.declared()


async def test_req_local_resources_catalog_mandatory_catalog_properties(asking):
    page = await asking.json("/collections")
    assert (page["id"], page["type"]) == ("catalogues", "Collection")
    assert page["links"]


async def test_req_local_resources_catalog_mandatory_record_properties(asking):
    assert all(one["id"] for one in await asking.catalogues())


async def test_req_local_resources_catalog_discovery(asking):
    assert "http://eo.example/records/collections" in linked(await asking.json("/"), classes.CATALOGUE_REL)


async def test_req_local_resources_catalog_query_parameters_conformance(asking):
    assert set(classes.LOCAL_PARAMETERS) <= await asking.declared()


async def test_req_local_resources_catalog_query_parameters(asking):
    assert {"bbox", "datetime", "limit", "q", "type", "ids"} <= set(await asking.parameters("/collections"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "images"}, ["demo.images"]),
        ({"ids": "demo.library,all"}, ["all", "demo.library"]),
        ({"type": "collection"}, ["all", "demo.library", "demo.images"]),
        ({"type": "service"}, []),
        ({"bbox": "0,0,1,1", "q": "images"}, []),
        ({"datetime": "2018-01-01T00:00:00Z", "q": "images"}, []),
        ({"filter": "title = 'Library'"}, ["demo.library"]),
        ({"ids": "demo.library,demo.images", "sortby": "title"}, ["demo.images", "demo.library"]),
        ({"ids": "demo.library,demo.images", "sortby": "-title"}, ["demo.library", "demo.images"]),
    ],
)
async def test_req_local_resources_catalog_query_parameters_response(asking, asked, found):
    page = await asking.json("/collections", **asked)
    assert [one["id"] for one in page["collections"]] == found
    assert page["numberReturned"] == len(found)


async def test_req_local_resources_catalog_filtering_conformance(asking):
    assert set(classes.LOCAL_FILTERING) <= await asking.declared()


async def test_req_local_resources_catalog_filtering(asking):
    page = await asking.json("/collections", filter="title LIKE 'L%' AND id <> 'demo.images'")
    assert [one["id"] for one in page["collections"]] == ["demo.library"]
    assert await asking.status("/collections", filter="((") == 400


async def test_req_local_resources_catalog_filtering_queryables_link(asking):
    (where,) = linked(await asking.json("/collections"), "http://www.opengis.net/def/rel/ogc/1.0/queryables")
    assert {"id", "title"} <= set((await asking.json(where))["properties"])


async def test_req_local_resources_catalog_sorting_conformance(asking):
    assert set(classes.LOCAL_SORTING) <= await asking.declared()


async def test_req_local_resources_catalog_sorting(asking):
    for order, found in (("title", ["demo.images", "demo.library"]), ("-title", ["demo.library", "demo.images"])):
        page = await asking.json("/collections", sortby=order, ids="demo.library,demo.images")
        assert [one["id"] for one in page["collections"]] == found
    (where,) = linked(await asking.json("/collections"), "http://www.opengis.net/def/rel/ogc/1.0/sortables")
    assert "title" in (await asking.json(where))["properties"]


# Part 2, facets (in draft)


async def test_req_facets_advanced_conformance(asking):
    assert classes.ADVANCED_FACETS in await asking.declared()


async def test_req_facets_advanced_query_facets_definition(asking):
    assert is_a_list((await asking.parameters("/collections/{catalogue}/items"))["facets"])
    for asked in ("type", "type:5", "type::value_asc", "type:5:count_desc", ""):
        await asking.answer(f"{EVERYTHING}/items", facets=asked)
    assert await asking.status(f"{EVERYTHING}/items", facets="type:value_asc") == 400


async def test_req_facets_advanced_query_facets_response(asking):
    page = await asking.json(f"{EVERYTHING}/items", facets="type:2:value_desc,license", limit=1)
    assert set(page["facets"]) == {"type", "license"}
    assert page["facets"]["type"] == {
        "type": "term",
        "property": "type",
        "buckets": [{"value": "service", "count": 1}, {"value": "item", "count": 1}],
        "more": True,
    }


async def test_req_facets_simple_conformance(asking):
    assert classes.SIMPLE_FACETS in await asking.declared()


async def test_req_facets_simple_media_type(asking):
    assert (await asking.answer(f"{LIBRARY}/facets")).headers["content-type"] == "application/facets+json"


async def test_req_facets_simple_response(asking):
    told = await asking.json(f"{LIBRARY}/facets")
    assert (told["id"], told["defaultBucketCount"]) == ("demo.library", 10)
    assert {"type", "keywords", "organization", "language", "license"} <= set(told["facets"])
    for one in told["facets"].values():
        more = {"term": {"minOccurs"}, "histogram": {"bucketType"}}[one["type"]]
        assert {"property", "sortedBy"} | more <= set(one)


async def test_req_facets_simple_query_response(asking):
    for asked in ({}, {"facets": "type,keywords,datetime"}):
        told = (await asking.json(f"{EVERYTHING}/items", **asked))["facets"]
        assert told
        for one in told.values():
            assert {"type", "property", "buckets"} <= set(one)
            assert all(
                {"value", "count"} <= set(each) or {"min", "max", "count"} <= set(each) for each in one["buckets"]
            )
    assert {one["value"]: one["count"] for one in told["keywords"]["buckets"]} == {"river": 1, "flood": 1}
    assert [one["min"] for one in told["datetime"]["buckets"]] == sorted(
        one["min"] for one in told["datetime"]["buckets"]
    )


async def test_per_facets_simple_queryables(asking):
    listed = (await asking.json(f"{LIBRARY}/facets"))["facets"]
    told = (await asking.json(f"{LIBRARY}/queryables"))["properties"]
    assert {name for name, one in told.items() if one.get("facet")} == set(told) & set(listed)


# Both stores


@pytest.mark.postgres
async def test_what_narrows_does_so_on_postgresql_too(pgstac_url, tmp_path):
    store = open_pgstac(pgstac_url)
    made, engine = of(store, tmp_path)
    asking = Asking(made)
    for name in NARROWED:
        await narrows(asking, name)
    assert await asking.ids() == ALL
    assert {one["id"] for one in await asking.records()} == ALL
    page = await asking.json(f"{LIBRARY}/items", sortby="-title", facets="type,language,organization,keywords")
    assert [one["id"] for one in page["features"]] == [TIMELESS.id, SERVICE.id, GUIDE.id]
    assert page["facets"]["language"]["buckets"] == [{"value": "en", "count": 1}]
    assert {one["value"]: one["count"] for one in page["facets"]["keywords"]["buckets"]} == {"river": 1, "flood": 1}
    assert await asking.ids(keywords="flood") == {GUIDE.id}
    assert (await asking.answer(f"{EVERYTHING}/items", f="html")).text.count('<ul class="boxes">') > 3
    assert page["facets"]["organization"]["buckets"] == [{"value": "River Bureau", "count": 1}]
    told = (await asking.json("/conformance", verify=""))["verified"]
    assert [one for one in told if one["verdict"] != "passed"] == []
    store.close()
    engine.dispose()
