"""What goes out of each Record is valid by the XML schemas of its standard, which pycsw carries with it.

THALWEG_METADATA_SCHEMAS names a folder with others: ``PREFIX.xsd`` each, by the prefix in the table of schemas
(``iso19115-3.2018.xsd``, ``iso19115-2.xsd``, ``dif.xsd``, ``oai_dc.xsd``, ``datacite.xsd``).
"""

import os
from pathlib import Path

import pytest
from lxml import etree
from schema_documents import iso_19139, schema_of

from thalweg.catalogue.records.readers.any import read
from thalweg.catalogue.records.schemas import SCHEMAS

pytestmark = pytest.mark.peers

BY_PREFIX = {schema.prefix: schema for schema in SCHEMAS}


@pytest.fixture(scope="module")
def validators(ogc_schemas):
    """Return the XML schemas that are to be had, by the prefix of ours."""
    files = {
        "csw": ogc_schemas / "core/schemas/ogc/csw/2.0.2/record.xsd",
        "csw30": ogc_schemas / "core/schemas/ogc/cat/csw/3.0/record.xsd",
        "iso19139": schema_of(ogc_schemas / "iso19139.xsd", iso_19139(ogc_schemas)),
    }
    given = os.environ.get("THALWEG_METADATA_SCHEMAS")
    files |= {path.name.removesuffix(".xsd"): path for path in (Path(given).glob("*.xsd") if given else ())}
    return {prefix: etree.XMLSchema(etree.parse(path)) for prefix, path in files.items()}


@pytest.mark.parametrize("elements", ["brief", "summary", "full"])
def test_real_records_are_valid_in_each_schema(real_data, validators, elements):
    contents = [path.read_bytes() for path in sorted((real_data / "iso").rglob("*.xml"))]
    records = [read(content) for content in contents if b"GetRecordsResponse" not in content[:2000]]
    assert {"csw", "csw30", "iso19139"} <= set(validators)
    for prefix, validator in validators.items():
        for record in records:
            made = BY_PREFIX[prefix].write(record, elements)
            validator.assertValid(etree.fromstring(etree.tostring(made)))
