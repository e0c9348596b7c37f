"""What GeoNetwork, INSPIRE's portals and CKAN usually ask of a CSW."""

import pytest
from csw_world import GMD, NAMES, box, compares, search_2, that

pytestmark = pytest.mark.anyio
ISO = {"outputSchema": GMD, "maxRecords": "50"}
LIKE = {"wildCard": "%", "singleChar": "_", "escapeChar": "\\"}


def all_of(*conditions):
    return f"<ogc:And>{''.join(conditions)}</ogc:And>"


def ids(told):
    return sorted(one.rpartition(":")[2] for one in told("//gmd:MD_Metadata/gmd:fileIdentifier/*/text()"))


async def asked(csw, inside, **attributes):
    body = search_2(that(inside, "full"), **{**ISO, **attributes})
    return await csw.post(body.replace('typeNames="csw:Record"', 'typeNames="gmd:MD_Metadata"'))


async def test_a_harvester_reads_all_as_iso_page_after_page(csw):
    found, start = [], 1
    while start:
        body = search_2(
            "<csw:ElementSetName>full</csw:ElementSetName>", outputSchema=GMD, startPosition=start, maxRecords="4"
        )
        told = await csw.post(body.replace('typeNames="csw:Record"', 'typeNames="gmd:MD_Metadata"'))
        found += ids(told)
        start = told.results[2]
    assert (len(found), len(set(found))) == (15, 15)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (compares("PropertyIsLike", "apiso:AnyText", "%levels%", **LIKE), ["elbe", "levels", "rhine"]),
        (compares("PropertyIsEqualTo", "apiso:Type", "series"), ["levels"]),
        (compares("PropertyIsEqualTo", "Type", "series"), ["levels"]),
        (compares("PropertyIsEqualTo", "Identifier", "urn:x-test:fen"), ["fen"]),
        (compares("PropertyIsGreaterThanOrEqualTo", "apiso:Modified", "2010-01-08"), ["n8", "n9"]),
        (compares("PropertyIsLike", "Subject", "hydro%", matchCase="false", **LIKE), ["levels"]),
        (compares("PropertyIsEqualTo", "apiso:OrganisationName", "River Bureau"), ["rhine"]),
        (compares("PropertyIsEqualTo", "apiso:ParentIdentifier", "urn:x-test:levels"), ["elbe"]),
        (box(48, 5, 49, 6, of="apiso:BoundingBox"), ["rhine"]),
        (box(48, 5, 49, 6, of="iso:BoundingBox"), ["rhine"]),
        (
            all_of(
                compares("PropertyIsLike", "AnyText", "%river%", **LIKE),
                compares("PropertyIsEqualTo", "apiso:Type", "dataset"),
                box(40, 10, 60, 20, of="apiso:BoundingBox"),
            ),
            ["elbe"],
        ),
    ],
)
async def test_usual_filters_find_what_they_mean(csw, condition, found):
    assert ids(await asked(csw, condition)) == found


async def test_a_portal_lists_in_brief_and_reads_each_in_full(csw):
    brief = await csw.post(
        search_2("<csw:ElementSetName>brief</csw:ElementSetName>", startPosition="0", maxRecords="3")
    )
    assert len(brief.ids) == 3
    for one in brief("//csw:BriefRecord/dc:identifier[1]/text()"):
        full = await csw.get(
            service="CSW", version="2.0.2", request="GetRecordById", id=one, outputSchema=GMD, ElementSetName="full"
        )
        assert full("//gmd:fileIdentifier/*/text()") == [one]


async def test_pairs_with_namespaces_and_text_are_read(csw):
    told = await csw.get(
        service="CSW",
        version="2.0.2",
        request="GetRecords",
        namespace=f"xmlns(csw={NAMES['csw']}),xmlns(gmd={GMD})",
        typeNames="gmd:MD_Metadata",
        resultType="results",
        elementSetName="summary",
        outputSchema=GMD,
        constraintLanguage="CQL_TEXT",
        constraint_language_version="1.1.0",
        constraint="AnyText LIKE '%levels%' AND apiso:Type = 'dataset'",
        sortBy="Title:D",
        maxRecords="10",
    )
    assert ids(told) == ["elbe", "rhine"]
