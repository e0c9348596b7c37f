"""What proves the catalogue's conformance classes on the running data, by reading alone."""

from collections.abc import Mapping
from functools import partial

from thalweg.catalogue.api import change_probes, classes
from thalweg.catalogue.api.samples import linked, some_item
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.api.truths import TRUTHS, Truth, quoted
from thalweg.web.verification import Inside, NotApplicableError, Probe, check


class Probes:
    """Proves what the other faces of the catalogue declare."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    def probes(self) -> Mapping[str, Probe]:
        """Return the probe of each class, by its URI."""
        return {**{uri: probe for uris, probe in _PROBES for uri in uris}, **change_probes.PROBES}


async def found(inside: Inside, **parameters: object) -> list[str]:
    """Return the ids of what a search finds."""
    return [one["id"] for one in (await inside.get("/search", **parameters)).json()["features"]]


async def _catalogue(inside: Inside) -> str:
    page = (await inside.get("/")).json()
    check(page["type"] == "Catalog" and "stac_version" in page, "the landing page is no STAC Catalog")
    rels = {one["rel"] for one in page["links"]}
    check({"self", "root", "service-desc", "service-doc"} <= rels, f"the landing page has only {sorted(rels)}")
    return f"the landing page is a STAC {page['stac_version']} Catalog"


async def _collections(inside: Inside) -> str:
    listed = (await inside.get("/collections", limit=2)).json()["collections"]
    if not listed:
        raise NotApplicableError("no Collection can be seen by who asks")
    for one in listed:
        where = linked(one, "self")
        check((await inside.get(where)).json()["id"] == one["id"], f"{where} is another Collection")
    return f"{len(listed)} Collections listed are at their own addresses"


async def _features(inside: Inside) -> str:
    item = await some_item(inside)
    where = linked(item, "collection")
    page = await inside.get(f"{where}/items", limit=1)
    check(page.headers["content-type"].startswith("application/geo+json"), "Items are not application/geo+json")
    check(page.json()["numberReturned"] == 1, "limit=1 gives another number")
    one = linked(item, "self")
    check((await inside.get(one)).json()["id"] == item["id"], f"{one} is another Item")
    await inside.get(f"{where}/items", 400, thalweg_no_such_parameter=1)
    return f"Items are listed by page, {item['id']} is at its address, an unknown parameter is refused"


async def _search(inside: Inside) -> str:
    item = await some_item(inside)
    body = {"ids": [item["id"]], "collections": [item["collection"]], "limit": 10}
    posted = [one["id"] for one in (await inside.post("/search", body)).json()["features"]]
    got = await found(inside, ids=item["id"], collections=item["collection"])
    check(posted == got == [item["id"]], f"GET finds {got}, POST {posted}")
    await inside.get("/search", 400, bbox="1,2,3")
    return f"GET and POST find {item['id']} by its id; a wrong bbox is refused"


async def _fields(inside: Inside, items: bool = False) -> str:  # noqa: FBT001, FBT002 - which route
    item = await some_item(inside)
    where = f"{linked(item, 'collection')}/items" if items else "/search"
    (shown,) = (await inside.get(where, fields="id", ids=item["id"], limit=1)).json()["features"]
    check(set(shown) <= {"type", "stac_version", "id", "collection"}, f"fields=id shows {sorted(shown)}")
    return "fields=id shows nothing but names"


async def _sorted(inside: Inside, items: bool = False) -> str:  # noqa: FBT001, FBT002 - which route
    where = f"{linked(await some_item(inside), 'collection')}/items" if items else "/search"
    for sign, turned in (("+", False), ("-", True)):
        listed = (await inside.get(where, sortby=f"{sign}id", limit=10)).json()["features"]
        ids = [one["id"] for one in listed]
        check(ids == sorted(ids, reverse=turned), f"sortby={sign}id gives {ids}")
    return f"{len(ids)} Items come in the order of their ids, both ways"


async def _queried(inside: Inside) -> str:
    item = await some_item(inside)
    for operators, wanted in (({"eq": item["id"]}, [item["id"]]), ({"neq": item["id"]}, [])):
        body = {"ids": [item["id"]], "collections": [item["collection"]], "query": {"id": operators}}
        listed = [one["id"] for one in (await inside.post("/search", body)).json()["features"]]
        check(listed == wanted, f"query {operators} finds {listed}")
    return "query finds what eq asks for and not what neq does"


async def _words(inside: Inside) -> str:
    item = await some_item(inside)
    said = str(item["properties"].get("title") or item["properties"].get("description") or "")
    word = next((word for word in said.split() if word.isalnum()), None)
    if word is None:
        raise NotApplicableError("the newest Item has neither title nor description")
    listed = await found(inside, q=word, ids=item["id"], collections=item["collection"])
    check(listed == [item["id"]], f"q={word} finds {listed}")
    listed = await found(inside, q=f"-{word}", ids=item["id"], collections=item["collection"])
    check(listed == [], f"q=-{word} finds {listed}")
    return f"q={word} finds the Item whose title says so, q=-{word} does not"


async def _truth(truth: Truth, inside: Inside) -> str:
    item = await some_item(inside)
    if truth.spatial and item.get("geometry") is None:
        raise NotApplicableError("the newest Item has no geometry")
    one = f"id = '{quoted(item['id'])}' AND collection = '{quoted(item['collection'])}'"
    for written, wanted in ((truth.true(item["id"]), [item["id"]]), (truth.false(item["id"]), [])):
        listed = await found(inside, filter=f"{one} AND ({written})", filter_lang="cql2-text")
        check(listed == wanted, f"{written} finds {listed}")
    return f"{truth.true(item['id'])} is true of {item['id']}, {truth.false(item['id'])} is not"


async def _json_filter(inside: Inside) -> str:
    item = await some_item(inside)
    is_it = {"op": "=", "args": [{"property": "id"}, item["id"]]}
    for written, wanted in ((is_it, 1), ({"op": "and", "args": [is_it, {"op": "not", "args": [is_it]}]}, 0)):
        body = {"filter": written, "filter-lang": "cql2-json", "collections": [item["collection"]]}
        listed = (await inside.post("/search", body)).json()["features"]
        check(len(listed) == wanted, f"{written} finds {len(listed)}")
    return "CQL2 JSON finds one Item by its id, and none that is and is not"


async def _queryables(inside: Inside) -> str:
    where = linked(await some_item(inside), "collection")
    for path in ("/queryables", f"{where}/queryables", "/sortables", f"{where}/sortables"):
        document = (await inside.get(path)).json()
        check(document["type"] == "object" and "$schema" in document, f"{path} is no JSON Schema of an object")
    functions = (await inside.get("/functions")).json()["functions"]
    return f"queryables and sortables are JSON Schemas; {len(functions)} functions are told"


async def _parameters(inside: Inside) -> str:
    item = await some_item(inside)
    where, properties = linked(item, "collection"), item["properties"]
    schema = (await inside.get(f"{where}/queryables")).json()["properties"]
    simple = [
        name
        for name, said in schema.items()
        if said.get("type") == "string" and "format" not in said and isinstance(properties.get(name), str)
    ]
    if not simple:
        raise NotApplicableError("the newest Item has no property that is a string")
    listed = (await inside.get(f"{where}/items?{simple[0]}={properties[simple[0]]}&limit=10")).json()["features"]
    check(bool(listed), f"{simple[0]} finds nothing")
    check(all(one["properties"][simple[0]] == properties[simple[0]] for one in listed), f"{simple[0]} finds others")
    return f"{simple[0]} as a parameter finds {len(listed)} Items that have it"


async def _aggregated(inside: Inside) -> str:
    item = await some_item(inside)
    body = {"ids": [item["id"]], "collections": [item["collection"]], "aggregations": ["total_count"]}
    (told,) = (await inside.post("/aggregate", body)).json()["aggregations"]
    check(told["value"] == 1, f"total_count of one Item is {told['value']}")
    listed = (await inside.get("/aggregations")).json()["aggregations"]
    return f"total_count counts one Item as one; {len(listed)} aggregations are told"


async def _collection_search(inside: Inside) -> str:
    listed = (await inside.get("/collections", limit=1)).json()["collections"]
    if not listed:
        raise NotApplicableError("no Collection can be seen by who asks")
    name = listed[0]["id"]
    got = (await inside.get("/collections", filter=f"id = '{quoted(name)}'", fields="id")).json()["collections"]
    check([one["id"] for one in got] == [name], f"a filter by id finds {got}")
    check("extent" not in got[0], f"fields=id shows {sorted(got[0])}")
    await inside.get("/collections", bbox="-180,-90,180,90", limit=1)
    await inside.get("/collections", datetime="../2100-01-01T00:00:00Z", sortby="id", limit=1)
    return f"a filter finds {name} alone, fields=id shows nothing but names"


async def _browsed(inside: Inside) -> str:
    item = await some_item(inside)
    collection = (await inside.get(linked(item, "collection"))).json()
    child = linked(collection, "child")
    listed = [one["href"] for one in (await inside.get(child)).json()["links"] if one["rel"] == "item"]
    check(bool(listed), f"{child} links to no Item")
    await inside.get(listed[0])
    page = (await inside.get("/")).json()
    check(any(one["rel"] == "child" for one in page["links"]), "the landing page has no child")
    children = (await inside.get("/children", type="Collection", limit=10)).json()["children"]
    check(all(one["type"] == "Collection" for one in children), "type=Collection lists others")
    return f"links lead from the landing page over {collection['id']} to {len(listed)} Items and more"


async def _languages(inside: Inside) -> str:
    for language in ("en", "fr"):
        answer = await inside.get("/", language=language)
        check(answer.headers["content-language"] == language, f"language={language} is not answered in it")
        check(answer.json()["language"]["code"] == language, f"language={language} is told as another")
    return "the landing page speaks English and French; Collections and Items are in the language of who wrote them"


async def _for_people(inside: Inside) -> str:
    item = await some_item(inside)
    where = linked(item, "collection")
    for address in ("/collections", where, f"{where}/items"):
        answer = await inside.get(address, f="html")
        check(answer.headers["content-type"].startswith("text/html"), f"{address} is no page for people")
    return f"Collections and the Items of {item['collection']} are pages for people"


async def _in_systems(inside: Inside) -> str:
    item = await some_item(inside)
    if item.get("geometry") is None:
        raise NotApplicableError("the newest Item has no geometry")
    listed = (await inside.get("/collections", limit=1)).json()["crs"]
    system = next(uri for uri in listed if uri.endswith("/EPSG/0/4326"))
    where = linked(item, "self")
    answer = await inside.get(where, crs=system)
    check(answer.headers["content-crs"] == f"<{system}>", f"Content-Crs is {answer.headers.get('content-crs')}")
    west, south, *_ = item["bbox"]
    there = answer.json()["bbox"]
    check(abs(there[0] - south) + abs(there[1] - west) < 1, f"latitude does not come first: {there}")
    await inside.get(where, 400, crs="urn:nowhere")
    return f"{len(listed)} systems are listed; EPSG:4326 puts latitude first"


def _classes(*parts: str) -> tuple[str, ...]:
    known = (*classes.SEARCHING, *classes.LISTING, *classes.COLLECTION_SEARCH)
    return tuple(uri for uri in known if any(uri.endswith(part) for part in parts))


_PROBES: tuple[tuple[tuple[str, ...], Probe], ...] = (
    ((classes.STAC_CORE,), _catalogue),
    ((classes.STAC_COLLECTIONS,), _collections),
    ((classes.STAC_FEATURES, classes.FEATURES_CORE, classes.FEATURES_GEOJSON, classes.FEATURES_OAS30), _features),
    ((classes.FEATURES_HTML,), _for_people),
    ((classes.LANGUAGE,), _languages),
    ((classes.FEATURES_CRS,), _in_systems),
    ((classes.STAC_SEARCH,), _search),
    (_classes("item-search#fields"), _fields),
    (_classes("ogcapi-features#fields"), partial(_fields, items=True)),
    (_classes("item-search#sort"), _sorted),
    (_classes("ogcapi-features#sort"), partial(_sorted, items=True)),
    (_classes("item-search#query", "ogcapi-features#query"), _queried),
    (_classes("item-search#free-text", "item-search#advanced-free-text"), _words),
    (_classes("ogcapi-features#free-text", "ogcapi-features#advanced-free-text"), _words),
    ((*classes.SEARCH_FILTER, classes.FILTER, classes.FEATURES_FILTER), partial(_truth, TRUTHS["basic-cql2"])),
    *(
        ((f"http://www.opengis.net/spec/cql2/1.0/conf/{name}",), partial(_truth, truth))
        for name, truth in TRUTHS.items()
    ),
    (_classes("cql2-json"), _json_filter),
    ((classes.QUERYABLES, classes.SEARCH_SORTABLES, classes.COLLECTION_SORTABLES), _queryables),
    ((classes.QUERYABLES_PARAMETERS,), _parameters),
    (classes.AGGREGATION, _aggregated),
    (classes.COLLECTION_SEARCH, _collection_search),
    ((classes.CHILDREN, classes.CHILDREN_TYPE, classes.BROWSEABLE), _browsed),
)
