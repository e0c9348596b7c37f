"""What OAI-PMH answers is valid by the protocol's XML schema, which pyoai is tested with: every verb, faults too.

Metadata is checked by its own schema where one is to be had (Dublin Core of CSW and ISO 19139), ``oai_dc`` by what its
schema says of it; other formats are let pass.
"""

import sys
from pathlib import Path

import pytest
from lxml import etree
from schema_documents import iso_19139, schema_of

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from harvest_world import ALICE, World

from thalweg.catalogue.records.readers.any import read
from thalweg.catalogue.records.schemas import SCHEMAS
from thalweg.catalogue.records.writers.fgdc import FGDC

pytestmark = [pytest.mark.peers, pytest.mark.anyio]
OAI, DC = "http://www.openarchives.org/OAI/2.0/", "http://purl.org/dc/elements/1.1/"
FIFTEEN = {
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier",
    "source", "language", "relation", "coverage", "rights",
}  # fmt: skip
"""The elements of Dublin Core, each of which holds a text."""
PREFIXES = [schema.prefix for schema in SCHEMAS if schema.prefix and schema.uri != FGDC]
"""All but the one whose elements stand in no namespace, which the protocol does not let be offered."""


@pytest.fixture(scope="module")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def valid(ogc_schemas, installed):
    """Return what tells whether an answer is valid."""
    text = (installed("pyoai") / "src/oaipmh/tests/OAI-PMH.xsd").read_text()
    # That of pyoai passes over all metadata.
    stricter = ogc_schemas / "OAI-PMH.xsd"
    stricter.write_text(text.replace('processContents="skip"', 'processContents="lax"'))
    csw = ogc_schemas / "core/schemas/ogc/csw/2.0.2/record.xsd"
    imported = {OAI: stricter, "http://www.opengis.net/cat/csw/2.0.2": csw, **iso_19139(ogc_schemas)}
    schema = etree.XMLSchema(etree.parse(schema_of(ogc_schemas / "oai.xsd", imported)))

    def check(told):
        schema.assertValid(told.root)
        for part in told("//oai_dc:dc/*"):
            name = etree.QName(part)
            assert (name.namespace, len(part)) == (DC, 0)
            assert name.localname in FIFTEEN
        return told

    return check


@pytest.fixture(scope="module")
def world(item_store, real_data, tmp_path_factory):
    """Return a repository with Records, Items, a Collection, and one Record that is gone."""
    made = World(tmp_path_factory.mktemp("oai"), at_once=12, store=item_store)
    contents = [path.read_bytes() for path in sorted((real_data / "iso").glob("*.xml"))]
    records = made.records.register([read(content) for content in contents], "demo.library", ALICE)
    made.records.remove(records[0].id, "demo.library", ALICE)
    yield made
    made.close()


@pytest.mark.parametrize("verb", ["Identify", "ListMetadataFormats", "ListSets"])
async def test_what_the_repository_says_of_itself_is_valid(world, valid, verb):
    valid(await world.get("/oai", verb=verb))


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_records_are_valid_in_each_format(world, valid, prefix):
    told = valid(await world.get("/oai", verb="ListRecords", metadataPrefix=prefix))
    assert len(told("//oai:record/oai:metadata/*")) > 5
    one = told("//oai:header[not(@status)]/oai:identifier/text()")[0]
    assert valid(await world.get("/oai", verb="GetRecord", metadataPrefix=prefix, identifier=one))("//oai:GetRecord")


async def test_lists_are_valid_to_their_end(world, valid):
    asked, ends, parts = {"metadataPrefix": "oai_dc"}, 0, 0
    while asked:
        told = valid(await world.get("/oai", verb="ListIdentifiers", **asked))
        ends += len(told("//oai:header[@status='deleted']"))
        parts += 1
        tokens = told("//oai:resumptionToken/text()")
        asked = {"resumptionToken": tokens[0]} if tokens else {}
    assert (ends, parts > 1) == (1, True)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"verb": "Sing"},
        {"verb": "ListRecords"},
        {"verb": "ListRecords", "metadataPrefix": "marc"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1999-01-01"},
        {"verb": "ListRecords", "resumptionToken": "x"},
        {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:eo.example:nothing"},
    ],
)
async def test_faults_are_valid(world, valid, asked):
    assert valid(await world.get("/oai", **asked))("//oai:error/@code")
