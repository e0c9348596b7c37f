"""What CSW asks is answered by every store alike."""

import sys
from pathlib import Path

import pytest
from made_items import a_collection, an_item

from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records.readers import iso
from thalweg.catalogue.service import Catalogue
from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.validation import Validator
from thalweg.guard.markup import parsed

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from csw_world import ALICE, LIKE, World, box, compares, search_2, that

TEXT = {
    "service": "CSW",
    "version": "3.0.0",
    "request": "GetRecords",
    "typeNames": "Record",
    "elementSetName": "brief",
    "constraintLanguage": "CQL_TEXT",
}
pytestmark = pytest.mark.anyio
DAYS = {"n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"}
IMAGES = {*DAYS, "fen"}
REST = {"untitled", "flood", "fen", *DAYS}


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def csw(request, tmp_path):
    if request.param == "pgstac":
        opened = open_pgstac(request.getfixturevalue("pgstac_url"))
    else:
        opened = open_store(request.getfixturevalue("items_url"))
    made = World(tmp_path, store=opened)
    yield made
    made.close()


NO_RIVER = f"<ogc:Not>{compares('PropertyIsEqualTo', 'dc:subject', 'river')}</ogc:Not>"
ASKED = [
    (compares("PropertyIsEqualTo", "dc:subject", "gauge", matchCase="false"), {"rhine"}),
    (compares("PropertyIsEqualTo", "dc:subject", "Hydrography"), {"levels"}),
    (compares("PropertyIsLike", "dc:subject", "r?v*", **LIKE), {"rhine", "elbe"}),
    (compares("PropertyIsLike", "dc:format", "application/*", **LIKE), {"elbe"}),
    (compares("PropertyIsEqualTo", "dc:publisher", "River Bureau"), {"rhine"}),
    (compares("PropertyIsNotEqualTo", "dc:type", "image"), {"rhine", "elbe", "levels", "untitled", "flood"}),
    (compares("PropertyIsGreaterThan", "dc:date", "2005-10-24"), {"rhine"}),
    (compares("PropertyIsEqualTo", "dct:modified", "2010"), DAYS),
    (compares("PropertyIsLessThan", "dct:modified", "2010-01-02T00:00:00Z"), {"rhine", "elbe", "levels", "n1"}),
    (compares("PropertyIsLike", "csw:AnyText", "*river*", **LIKE), {"rhine", "elbe"}),
    (box(47.0, -4.5, 52.0, 5.0), {"rhine"}),
    (f"<ogc:Not>{box(-90, -180, 90, 180)}</ogc:Not>", {"levels", "flood", "fen", *DAYS}),
    ("<ogc:PropertyIsNull><ogc:PropertyName>dc:date</ogc:PropertyName></ogc:PropertyIsNull>", REST),
    (
        f"<ogc:Or>{compares('PropertyIsLike', 'AnyText', '*moor*', **LIKE)}{box(60, 12, 70, 20)}</ogc:Or>",
        {"fen", "untitled"},
    ),
    (
        f"<ogc:And>{NO_RIVER}{compares('PropertyIsEqualTo', 'dc:type', 'image')}</ogc:And>",
        IMAGES,
    ),
]


async def test_filters_find_the_same_on_every_store(csw):
    for inside, found in ASKED:
        told = await csw.post(search_2(that(inside), maxRecords="50"))
        assert set(told.ids) == found, inside


SERVICE = """
<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"
    xmlns:srv="http://www.isotc211.org/2005/srv">
  <gmd:fileIdentifier><gco:CharacterString>urn:x-test:{id}</gco:CharacterString></gmd:fileIdentifier>
  <gmd:identificationInfo><srv:SV_ServiceIdentification>
    <srv:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicDescription><gmd:geographicIdentifier>
      <gmd:MD_Identifier><gmd:code><gco:CharacterString>{place}</gco:CharacterString></gmd:code></gmd:MD_Identifier>
    </gmd:geographicIdentifier></gmd:EX_GeographicDescription></gmd:geographicElement></gmd:EX_Extent></srv:extent>
    <srv:coupledResource><srv:SV_CoupledResource>
      <srv:operationName><gco:CharacterString>GetMap</gco:CharacterString></srv:operationName>
      <srv:identifier><gco:CharacterString>{layer}</gco:CharacterString></srv:identifier>
    </srv:SV_CoupledResource></srv:coupledResource>
    <srv:couplingType><srv:SV_CouplingType codeList="c" codeListValue="{coupling}"/></srv:couplingType>
    <srv:operatesOn uuidref="{layer}-data"/>
  </srv:SV_ServiceIdentification></gmd:identificationInfo>
</gmd:MD_Metadata>"""
COUPLED = [
    ("apiso:CouplingType", "tight", {"tight"}),
    ("apiso:OperatesOn", "rivers-data", {"tight"}),
    ("apiso:OperatesOnIdentifier", "rivers", {"tight"}),
    ("apiso:OperatesOnIdentifier", "lakes-data", {"mixed"}),
    ("apiso:OperatesOnName", "GetMap", {"tight", "mixed"}),
    ("apiso:GeographicDescriptionCode", "DE-SN", {"mixed"}),
]


async def test_what_services_operate_on_is_asked_in_both_versions(csw):
    made = (("tight", "rivers", "DE"), ("mixed", "lakes", "DE-SN"))
    told = [SERVICE.format(id=kind, coupling=kind, layer=layer, place=place) for kind, layer, place in made]
    new = [iso.record_of(parsed(one.encode(), "record")) for one in told]
    csw.records.register(new, "demo.records", ALICE)
    for name, literal, found in COUPLED:
        condition = compares("PropertyIsEqualTo", name, literal)
        told = await csw.post(search_2(that(condition)))
        assert set(told.ids) == found, name
        told = await csw.get(**TEXT, constraint=f"{name} = '{literal}'")
        assert set(told.ids) == found, name
    told = await csw.get(**TEXT, constraint="apiso:CouplingType IS NOT NULL")
    assert set(told.ids) == {"tight", "mixed"}


async def test_items_are_found_beside_records(csw):
    validator = Validator(lambda href, parameter: None, Limits())  # noqa: ARG005 - an open guard
    catalogue = Catalogue(csw.store, csw.records._policy, validator, Limits())
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    catalogue.register([an_item("olinda", "demo.images", box=(4, 48, 5, 49))], ALICE)
    told = await csw.post(search_2(that(box(48, 4, 49, 5)), maxRecords="50"))
    assert set(told.ids) == {"rhine", "olinda"}
    for name in ("dc:identifier", "apiso:Identifier"):
        told = await csw.post(search_2(that(compares("PropertyIsEqualTo", name, "demo.images:olinda"))))
        assert told("//dc:identifier/text()") == ["demo.images:olinda"]
    typed = compares("PropertyIsEqualTo", "dc:type", "item")
    named = compares("PropertyIsEqualTo", "dc:identifier", "demo.images:olinda")
    told = await csw.post(search_2(that(f"<ogc:Or>{typed}{named}</ogc:Or>")))
    assert told("//dc:identifier/text()") == ["demo.images:olinda"]
