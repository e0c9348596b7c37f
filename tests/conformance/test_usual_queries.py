"""What GeoNetwork and CKAN send to a CSW that they harvest, to the letter, answered as they need it."""

import pytest
from csw_world import CSW2, GMD, World

pytestmark = pytest.mark.anyio
CAPABILITIES = {"SERVICE": "CSW", "REQUEST": "GetCapabilities", "VERSION": "2.0.2"}
LEVELS = (
    '<ogc:PropertyIsLike wildCard="%" singleChar="_" escapeChar="\\"><ogc:PropertyName>csw:AnyText</ogc:PropertyName>'
    "<ogc:Literal>%levels%</ogc:Literal></ogc:PropertyIsLike>"
)
NO_SERIES = (
    "<ogc:Not><ogc:PropertyIsEqualTo><ogc:PropertyName>Type</ogc:PropertyName><ogc:Literal>series</ogc:Literal>"
    "</ogc:PropertyIsEqualTo></ogc:Not>"
)
BASEL = (
    '<ogc:BBOX><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName><gml:Envelope xmlns:gml="http://www.opengis.net/gml">'
    "<gml:lowerCorner>7.0 47.0</gml:lowerCorner><gml:upperCorner>8.0 48.0</gml:upperCorner></gml:Envelope></ogc:BBOX>"
)


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def csw(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("usual"))
    yield made
    made.close()


def ids(told):
    return [one.rpartition(":")[2] for one in told("//gmd:MD_Metadata/gmd:fileIdentifier/*/text()")]


def by_geonetwork(start, types="csw:Record,gmd:MD_Metadata", constraint="", schema=GMD):
    """Return a GetRecords of GeoNetwork's harvester: types joined by commas, their prefixes not bound."""
    filtered = (
        f'<csw:Constraint version="1.1.0"><ogc:Filter xmlns:ogc="http://www.opengis.net/ogc">{constraint}</ogc:Filter>'
        "</csw:Constraint>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<csw:GetRecords xmlns:csw="{CSW2}" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" service="CSW" version="2.0.2" resultType="results" '
        f'outputFormat="application/xml" outputSchema="{schema}" startPosition="{start}" maxRecords="4">'
        f'<csw:Query typeNames="{types}"><csw:ElementSetName>summary</csw:ElementSetName>'
        f"{filtered if constraint else ''}</csw:Query></csw:GetRecords>"
    ).encode()


async def test_geonetwork_finds_in_the_capabilities_how_to_ask(csw):
    told = await csw.get(**CAPABILITIES)
    assert "2.0.2" in told("//ows:ServiceTypeVersion/text()")
    for operation in ("GetRecords", "GetRecordById"):
        (one,) = told(f"//ows:Operation[@name='{operation}']")
        assert all(
            one.xpath(f"ows:DCP/ows:HTTP/ows:{way}/@xlink:href", namespaces=one.nsmap) for way in ("Get", "Post")
        )
        # It passes over an address whose first encoding is SOAP.
        assert one.xpath("ows:DCP/ows:HTTP/ows:Post/ows:Constraint/ows:Value/text()", namespaces=one.nsmap)[0] == "XML"
    values = {
        one.get("name").lower(): [value.text for value in one]
        for one in told("//ows:Operation[@name='GetRecords']/ows:Parameter")
    }
    assert {one.lower() for one in values["constraintlanguage"]} == {"filter", "cql_text"}
    assert GMD in values["outputschema"]
    assert {"csw:Record", "gmd:MD_Metadata"} <= set(values["typenames"])


async def test_geonetwork_reads_page_after_page_and_then_each_record(csw):
    found, start = [], 1
    while start:
        told = await csw.post(by_geonetwork(start))
        matched, returned, following = told.results
        assert (matched, returned) == (15, len(ids(told)))
        found, start = found + told("//gmd:fileIdentifier/*/text()"), following
    assert len(set(found)) == len(found) == 15
    body = (
        f'<csw:GetRecordById xmlns:csw="{CSW2}" service="CSW" version="2.0.2" outputSchema="{GMD}">'
        f"<csw:Id>{found[0]}</csw:Id><csw:ElementSetName>full</csw:ElementSetName></csw:GetRecordById>"
    )
    (record,) = (await csw.post(body.encode())).root
    assert record.tag == f"{{{GMD}}}MD_Metadata"


@pytest.mark.parametrize(
    ("constraint", "found"),
    [
        (LEVELS, {"rhine", "elbe", "levels"}),
        (f"<ogc:And>{NO_SERIES}{LEVELS}</ogc:And>", {"rhine", "elbe"}),
        (f"<ogc:And>{LEVELS}{BASEL}</ogc:And>", {"rhine"}),
    ],
)
async def test_geonetwork_narrows_by_filters_and_a_box_of_longitudes_first(csw, constraint, found):
    assert set(ids(await csw.post(by_geonetwork(1, "gmd:MD_Metadata", constraint)))) == found


@pytest.mark.parametrize(
    ("constraint", "found"),
    [
        ("AnyText like '%levels%' And\N{NO-BREAK SPACE}type <> 'series'", {"rhine", "elbe"}),
        ("AnyText like '%levels%' AND BBOX(the_geom, 7.0, 47.0, 8.0, 48.0)", {"rhine"}),
        ("Modified >= '2010-01-08' And Title IS NOT NULL", {"n8", "n9"}),
    ],
)
async def test_geonetwork_falls_back_to_pairs_and_text(csw, constraint, found):
    told = await csw.get(
        request="GetRecords",
        service="CSW",
        version="2.0.2",
        resultType="results",
        namespace=f"xmlns(csw={CSW2}),xmlns(gmd={GMD})",
        outputFormat="application/xml",
        outputSchema=GMD,
        startPosition="1",
        maxRecords="20",
        elementSetName="summary",
        constraint=constraint,
        constraintLanguage="CQL_TEXT",
        constraint_language_version="1.1.0",
        typeNames="gmd:MD_Metadata",
    )
    assert set(ids(told)) == found


async def test_ckan_collects_ids_from_zero_and_then_each_record(csw):
    found = set()
    for start in ("0", "10", "20"):
        told = await csw.post(
            f'<csw:GetRecords xmlns:csw="{CSW2}" xmlns:gmd="{GMD}" outputFormat="application/xml" outputSchema="{GMD}" '
            f'maxRecords="10" resultType="results" service="CSW" startPosition="{start}" version="2.0.2">'
            '<csw:Query typeNames="csw:Record"><csw:ElementSetName>brief</csw:ElementSetName></csw:Query>'
            "</csw:GetRecords>".encode()
        )
        found |= set(told("//gmd:fileIdentifier/*/text()"))
    assert len(found) == 15
    for one in found:
        asked = {"request": "GetRecordById", "service": "CSW", "version": "2.0.2", "elementsetname": "full", "id": one}
        told = await csw.get(**asked, outputSchema=GMD, outputFormat="application/xml")
        assert told("/csw:GetRecordByIdResponse/gmd:MD_Metadata/gmd:fileIdentifier/*/text()") == [one]
