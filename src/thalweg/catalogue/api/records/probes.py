"""What proves the classes of OGC API Records on the running data, by reading alone."""

from collections.abc import Mapping
from typing import Any

from thalweg.catalogue.api.classes import CREATE_REPLACE_DELETE, LOCKING, UPDATE
from thalweg.catalogue.api.records import classes
from thalweg.catalogue.api.records.parameters import ALL
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.api.samples import linked
from thalweg.catalogue.api.truths import quoted
from thalweg.web.verification import Inside, NotApplicableError, Probe, check

_EVERYTHING = f"/collections/{ALL}/items"


class Probes:
    """Proves what the other parts of the Records face declare."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    def probes(self) -> Mapping[str, Probe]:
        """Return the probe of each class, by its URI."""
        return {uri: probe for uris, probe in _PROBES for uri in uris}


async def _some_record(inside: Inside, **parameters: object) -> Mapping[str, Any]:
    found: list[Mapping[str, Any]] = (await inside.get(_EVERYTHING, limit=1, **parameters)).json()["features"]
    if not found:
        raise NotApplicableError("no Record can be seen by who asks")
    return found[0]


async def _ids(inside: Inside, **parameters: object) -> list[str]:
    return [one["id"] for one in (await inside.get(_EVERYTHING, **parameters)).json()["features"]]


async def _record(inside: Inside) -> str:
    record = await _some_record(inside)
    where = linked(record, "self")
    answer = await inside.get(where)
    check(answer.headers["content-type"].startswith("application/geo+json"), "a Record is no application/geo+json")
    shown = answer.json()
    check(shown["id"] == record["id"], f"{where} is another Record")
    check({"type", "geometry", "time", "properties", "links"} <= set(shown), f"a Record has only {sorted(shown)}")
    await inside.get(linked(shown, "collection"))
    return f"{record['id']} is at its address and leads to its catalogue"


async def _catalogues(inside: Inside) -> str:
    page = (await inside.get("/collections", limit=3)).json()
    check({"id", "type", "links", "collections"} <= set(page), "the list of catalogues is no catalogue itself")
    for one in page["collections"]:
        check(one["itemType"] == "record", f"{one['id']} has the itemType {one['itemType']}")
        answer = await inside.get(linked(one, "self"))
        kind = answer.headers["content-type"]
        check(kind == "application/ogc-catalog+json", f"a catalogue is {kind}")
        await inside.get(linked(answer.json(), "items"), limit=1)
    return f"{len(page['collections'])} catalogues are at their addresses, with their Records below them"


async def _parameters(inside: Inside) -> str:
    record = await _some_record(inside)
    name, kind = record["id"], record["properties"]["type"]
    check(await _ids(inside, ids=name) == [name], f"ids={name} finds others")
    check(name in await _ids(inside, ids=name, type=kind), f"type={kind} does not find {name}")
    check(await _ids(inside, ids=name, type=f"not-{kind}") == [], "a type that nothing has finds something")
    if box := record.get("bbox"):
        check(name in await _ids(inside, ids=name, bbox=",".join(map(str, box))), f"its own box does not find {name}")
    await inside.get(_EVERYTHING, 400, thalweg_no_such_parameter=1)
    await inside.get(_EVERYTHING, externalIds="nobody:calls-it-so", datetime="../2100-01-01T00:00:00Z", q="river")
    return f"ids, type and bbox find {name}; an unknown parameter is refused"


async def _filtered(inside: Inside) -> str:
    record = await _some_record(inside)
    true = f"id = '{quoted(record['id'])}'"
    check(await _ids(inside, filter=true, limit=100) == [record["id"]], f"{true} does not find {record['id']} alone")
    check(await _ids(inside, filter=f"{true} AND NOT ({true})") == [], "what is true and is not finds something")
    schema = (await inside.get(f"/collections/{ALL}/queryables")).json()
    check({"id", "type", "title"} <= set(schema["properties"]), "the queryables lack those of the core")
    return f"{true} finds {record['id']}; {len(schema['properties'])} queryables are told"


async def _sorted(inside: Inside) -> str:
    for sign, turned in (("+", False), ("-", True)):
        features = (await inside.get(_EVERYTHING, sortby=f"{sign}updated", limit=10)).json()["features"]
        times = [one["properties"]["updated"] for one in features if "updated" in one["properties"]]
        check(times == sorted(times, reverse=turned), f"sortby={sign}updated gives {times}")
    schema = (await inside.get(f"/collections/{ALL}/sortables")).json()
    check(schema["type"] == "object" and bool(schema["properties"]), "the sortables are no JSON Schema of an object")
    return f"{len(features)} Records come in the order of their change, both ways"


async def _local(inside: Inside) -> str:
    listed = (await inside.get("/collections", limit=1, filter="id <> ''")).json()["collections"]
    if not listed:
        raise NotApplicableError("no Collection can be seen by who asks")
    name = listed[0]["id"]
    for narrowed in ({"ids": name}, {"filter": f"id = '{quoted(name)}'"}, {"ids": name, "sortby": "-id"}):
        got = (await inside.get("/collections", **narrowed)).json()["collections"]
        check([one["id"] for one in got] == [name], f"{narrowed} finds {[one['id'] for one in got]}")
    for path in ("/collections-queryables", "/collections-sortables"):
        await inside.get(path)
    return f"ids, filter and sortby find {name} alone among the catalogues"


async def _crawled(inside: Inside) -> str:
    catalogue = (await inside.get(f"/collections/{ALL}")).json()
    check(classes.CRAWLABLE in catalogue["conformsTo"], "the catalogue does not tell that it can be crawled")
    page = (await inside.get(linked(catalogue, "child"))).json()
    listed = [one["href"] for one in page["links"] if one["rel"] == "item"]
    if not listed:
        raise NotApplicableError("no Record can be seen by who asks")
    await inside.get(listed[0])
    return f"links lead from the catalogue to {len(listed)} Records"


async def _discovered(inside: Inside) -> str:
    page = (await inside.get("/")).json()
    where = [one["href"] for one in page["links"] if one["rel"] == classes.CATALOGUE_REL]
    check(bool(where), "the landing page leads to no catalogue")
    for one in where:
        await inside.get(one)
    return f"the landing page leads to {len(where)} catalogues"


async def _for_people(inside: Inside) -> str:
    for where in ("/collections", f"/collections/{ALL}", _EVERYTHING, f"/collections/{ALL}/facets"):
        answer = await inside.get(where, f="html")
        check(answer.headers["content-type"].startswith("text/html"), f"{where} is no page for people")
    return "catalogues, Records and facets are pages for people"


async def _profiled(inside: Inside) -> str:
    page = (await inside.get(_EVERYTHING, limit=1, profile="ogc-record")).json()
    profiles = [one["href"] for one in page["links"] if one["rel"] == "profile"]
    check(classes.RECORD_PROFILE in profiles, f"the page tells the profiles {profiles}")
    return f"the page tells the profile {classes.RECORD_PROFILE}"


async def _facets(inside: Inside) -> str:
    there = (await inside.get(f"/collections/{ALL}/facets")).json()["facets"]
    page = (await inside.get(_EVERYTHING, limit=1, facets="type:5:count_desc")).json()
    check(set(page["facets"]) == {"type"}, f"facets=type tells {sorted(page['facets'])}")
    plain = (await inside.get(_EVERYTHING, limit=1)).json()["facets"]
    check(bool(plain) and set(plain) <= set(there), f"a search that asks for none tells {sorted(plain)}")
    counts = [one["count"] for one in page["facets"]["type"]["buckets"]]
    check(counts == sorted(counts, reverse=True), "count_desc is not heeded")
    return f"{len(there)} facets are told; types are counted"


async def _described(inside: Inside) -> str:
    document = (await inside.get("/openapi", f="3.0")).json()
    listed = document["paths"]["/collections/{catalogue}/items"]["get"]["parameters"]
    names = {one["name"] for one in listed}
    wanted = {"bbox", "datetime", "limit", "q", "type", "ids", "externalIds"}
    check(wanted <= names, f"the description lacks {sorted(wanted - names)}")
    return f"OpenAPI {document['openapi']} describes {len(names)} parameters of a search"


async def _changed(inside: Inside) -> str:
    record = await _some_record(inside)
    taken = await inside.methods(linked(record, "self"))
    check({"PUT", "PATCH", "DELETE"} <= taken, f"a Record takes only {sorted(taken)}")
    return "POST, PUT, PATCH and DELETE are offered; no change was tried on running data"


_PROBES: tuple[tuple[tuple[str, ...], Probe], ...] = (
    ((classes.RECORD_CORE, classes.RECORDS_API, classes.SEARCHABLE, classes.JSON), _record),
    ((classes.RECORD_COLLECTION, classes.LOCAL), _catalogues),
    ((classes.QUERY_PARAMETERS,), _parameters),
    ((classes.FILTERING, *classes.SEARCHABLE_FILTERING), _filtered),
    ((classes.SORTING, *classes.SEARCHABLE_SORTING), _sorted),
    ((*classes.LOCAL_PARAMETERS, *classes.LOCAL_FILTERING, *classes.LOCAL_SORTING), _local),
    ((classes.CRAWLABLE,), _crawled),
    ((classes.AUTODISCOVERY,), _discovered),
    ((classes.HTML, classes.FEATURES_HTML), _for_people),
    ((classes.PROFILE,), _profiled),
    ((classes.SIMPLE_FACETS, classes.ADVANCED_FACETS), _facets),
    ((classes.OAS30, classes.FEATURES_OAS30), _described),
    ((classes.FEATURES_CORE, classes.FEATURES_GEOJSON), _record),
    ((CREATE_REPLACE_DELETE, LOCKING, UPDATE), _changed),
)
