"""INSPIRE's discovery services (technical guidance 3.1.0): a test for each requirement on what is asked."""

import pytest
from csw_world import ALICE, AS_ALICE, GMD, World, box, compares, search_2, that

from thalweg.catalogue.records.record import (
    Concept,
    Contact,
    Coupled,
    ExternalId,
    Record,
    Resolution,
    Rights,
    Service,
    Span,
    Theme,
)

pytestmark = pytest.mark.anyio
TOPICS = "http://inspire.ec.europa.eu/metadata-codelist/TopicCategory"
DATA = Record(
    id="urn:x-test:lakes",
    type="dataset",
    title="Lakes of the Alps",
    description="Every lake above a hectare.",
    keywords=("Hydrography",),
    themes=(
        Theme(TOPICS, (Concept("inlandWaters"),), kind="theme"),
        Theme("GEMET", (Concept("http://gemet.example/4536", "lake"),), "2010-01-13", "discipline"),
    ),
    language="de",
    resource_languages=("de", "fr"),
    dates={"creation": "2012-03-01", "publication": "2012-05-01", "revision": "2014-07-01"},
    span=Span("2001-01-01", "2002-12-31"),
    contacts=(Contact(organization="Lake Office", roles=("custodian",)),),
    rights=Rights(access=("otherRestrictions",), notes=("No conditions apply",)),
    lineage="Mapped from aerial photographs.",
    parent="urn:x-test:waters",
    external_ids=(ExternalId("DE.1", "lakes.example"),),
    resolution=Resolution(scale=25_000),
    extra={
        "conformity": [
            {
                "specification": "Regulation 1089/2010",
                "date": "2010-12-08",
                "dateType": "publication",
                "degree": "true",
            },
            {"specification": "Another", "date": "2009-01-01", "dateType": "creation", "degree": "false"},
        ],
        "classification": "unclassified",
        "geographicDescriptions": ["AT-7", "CH"],
    },
)
VIEW = Record(
    id="urn:x-test:view",
    type="service",
    title="Lakes on a map",
    language="en",
    service=Service(
        "view", "1.3.0", ("GetMap",), ("urn:x-test:lakes",), "tight", (Coupled("GetMap", "urn:x-test:lakes-layer"),)
    ),
    resolution=Resolution(metres=10.0),
    extra={"conformity": [{"specification": "Regulation 976/2009", "degree": "true"}]},
)
CAPABILITIES = {"service": "CSW", "version": "2.0.2", "request": "GetCapabilities"}
LIKE = {"wildCard": "%", "singleChar": "_", "escapeChar": "\\"}


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def csw(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("inspire"))
    made.records.register((DATA, VIEW), "demo.records", ALICE)
    yield made
    made.close()


async def found(csw, *conditions):
    """Return what a request of the form that the guidance recommends finds."""
    inside = conditions[0] if len(conditions) == 1 else f"<ogc:And>{''.join(conditions)}</ogc:And>"
    body = search_2(
        that(inside, "full"), outputFormat="application/xml", outputSchema=GMD, startPosition="1", maxRecords="10"
    )
    told = await csw.post(body.replace('typeNames="csw:Record"', 'typeNames="gmd:MD_Metadata"'))
    assert told.status == 200, told.content
    return sorted(one.rpartition(":")[2] for one in told("//gmd:MD_Metadata/gmd:fileIdentifier/*/text()"))


def equal(name, literal):
    return compares("PropertyIsEqualTo", f"apiso:{name}", literal)


@pytest.mark.parametrize(
    ("name", "literal", "ids"),
    [
        ("Subject", "lake", ["lakes"]),
        ("TopicCategory", "inlandWaters", ["lakes"]),
        ("ServiceType", "view", ["view"]),
        ("Denominator", "25000", ["lakes"]),
        ("DistanceValue", "10", ["view"]),
        ("DistanceUOM", "m", ["view"]),
        ("DistanceUOM", "nm", []),
        ("OrganisationName", "Lake Office", ["lakes"]),
        ("Title", "Lakes of the Alps", ["lakes"]),
        ("Abstract", "Every lake above a hectare.", ["lakes"]),
        ("ResourceIdentifier", "DE.1", ["lakes"]),
        ("Type", "dataset", ["elbe", "lakes", "rhine"]),
        ("TempExtent_begin", "2001-01-01", ["lakes"]),
        ("TempExtent_end", "2002-12-31", ["lakes"]),
        ("PublicationDate", "2012-05-01", ["lakes"]),
        ("RevisionDate", "2014-07-01", ["lakes"]),
        ("CreationDate", "2012-03-01", ["lakes"]),
        ("ParentIdentifier", "urn:x-test:waters", ["lakes"]),
        ("KeywordType", "discipline", ["lakes"]),
        ("HasSecurityConstraints", "true", ["lakes"]),
        ("Operation", "GetMap", ["view"]),
        ("OperatesOn", "urn:x-test:lakes", ["view"]),
        ("OperatesOnIdentifier", "urn:x-test:lakes-layer", ["view"]),
        ("OperatesOnName", "GetMap", ["view"]),
        ("OperatesOnName", "GetFeature", []),
        ("CouplingType", "tight", ["view"]),
        ("CouplingType", "loose", []),
        ("GeographicDescriptionCode", "AT-7", ["lakes"]),
        ("SpatialResolution", "25000", ["lakes"]),
        ("SpatialResolution", "10", ["view"]),
        ("ServiceTypeVersion", "1.3.0", ["view"]),
    ],
)
async def test_requirement_19_the_queryables_of_the_profile_are_answered(csw, name, literal, ids):
    assert await found(csw, equal(name, literal)) == ids


@pytest.mark.parametrize(
    ("name", "literal", "ids"),
    [
        ("Degree", "true", ["lakes", "view"]),
        ("Degree", "false", ["lakes"]),
        ("SpecificationTitle", "Regulation 976/2009", ["view"]),
        ("SpecificationDate", "2010-12-08", ["lakes"]),
        ("SpecificationDateType", "creation", ["lakes"]),
        ("AccessConstraints", "otherRestrictions", ["lakes"]),
        ("OtherConstraints", "No conditions apply", ["lakes"]),
        ("Classification", "unclassified", ["lakes"]),
        ("ConditionApplyingToAccessAndUse", "No conditions apply", ["lakes"]),
        ("Lineage", "Mapped from aerial photographs.", ["lakes"]),
        ("ResponsiblePartyRole", "custodian", ["lakes"]),
    ],
)
async def test_requirement_21_the_additional_queryables_are_answered(csw, name, literal, ids):
    assert await found(csw, equal(name, literal)) == ids


@pytest.mark.parametrize(
    ("language", "ids"), [("ger", ["lakes"]), ("deu", ["lakes"]), ("de", ["lakes"]), ("eng", ["view"])]
)
async def test_requirement_20_the_language_of_metadata_is_a_queryable(csw, language, ids):
    assert await found(csw, equal("Language", language)) == ids


async def test_requirement_31_a_language_that_nothing_is_in_finds_nothing(csw):
    assert await found(csw, equal("Language", "fin")) == []


async def test_requirement_11_conditions_are_joined(csw):
    assert await found(csw, equal("Language", "eng"), equal("ServiceType", "view")) == ["view"]
    assert await found(csw, equal("Language", "ger"), equal("ServiceType", "view")) == []
    anything = compares("PropertyIsLike", "AnyText", "%levels%", **LIKE)
    assert await found(csw, anything, box(48, 5, 49, 6, of="apiso:BoundingBox")) == ["rhine"]


async def test_requirement_22_the_queryables_are_told(csw):
    told = await csw.get(**CAPABILITIES)
    named = {
        rule.get("name"): {value.text.rpartition(":")[2] for value in rule}
        for rule in told("//ows:Operation[@name='GetRecords']/ows:Constraint")
    }
    assert named["SupportedISOQueryables"] >= {
        "Language", "CreationDate", "PublicationDate", "OrganisationName", "ResourceIdentifier", "TopicCategory",
        "DistanceValue", "DistanceUOM", "TempExtent_begin", "TempExtent_end", "ServiceType", "Denominator",
        "CouplingType", "OperatesOn", "OperatesOnIdentifier", "OperatesOnName", "GeographicDescriptionCode",
    }  # fmt: skip
    assert named["AdditionalQueryables"] == {
        "Degree", "AccessConstraints", "OtherConstraints", "Classification", "ConditionApplyingToAccessAndUse",
        "Lineage", "ResponsiblePartyRole", "SpecificationTitle", "SpecificationDate", "SpecificationDateType",
    }  # fmt: skip


async def test_requirement_13_a_harvest_takes_the_type_that_inspire_names(csw):
    kind = "http://schemas.opengis.net/iso/19139/20060504/gmd"
    asked = {"service": "CSW", "version": "2.0.2", "request": "Harvest", "resourceType": kind}
    told = await csw.get(**asked, source="http://127.0.0.1:1/record.xml", headers=AS_ALICE)
    # It is asked, and nobody is there.
    assert told.refused == ("NoApplicableCode", None), told.content


@pytest.mark.parametrize("language", ["eng", "fin"])
async def test_requirements_7_and_26_to_28_the_language_of_capabilities_is_told_to_who_asks_for_one(csw, language):
    told = await csw.get(**CAPABILITIES, LANGUAGE=language)
    assert told("/csw:Capabilities/ows:ServiceIdentification/ows:Title/text()") == ["Thalweg"]
    (extended,) = told(
        "//ows:OperationsMetadata/*[last()][namespace-uri() = 'http://inspire.ec.europa.eu/schemas/inspire_ds/1.0']"
    )
    names = {"common": "http://inspire.ec.europa.eu/schemas/common/1.0"}
    assert [part.tag.rpartition("}")[2] for part in extended] == [
        "MetadataUrl",
        "SupportedLanguages",
        "ResponseLanguage",
    ]
    assert extended.xpath("common:SupportedLanguages/*/common:Language/text()", namespaces=names) == ["eng"]
    assert extended.xpath("common:ResponseLanguage/common:Language/text()", namespaces=names) == ["eng"]
    (where,) = extended.xpath("common:MetadataUrl/common:URL/text()", namespaces=names)
    assert where.startswith("http://eo.example/csw?")
    assert "GetRecordById" in where
    within = await csw.get(address="/workspaces/demo/csw", **CAPABILITIES, LANGUAGE=language)
    assert within("//*[local-name()='MetadataUrl']/*/text()")[0] == where
    unasked = await csw.get(**CAPABILITIES)
    assert not unasked("//*[local-name()='ExtendedCapabilities']")
