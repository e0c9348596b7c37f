"""What goes out of each Record is valid by the XML schemas of its standard, which pycsw carries with it.

THALWEG_METADATA_SCHEMAS names a folder with others: ``PREFIX.xsd`` each, by the prefix in the table of schemas
(``iso19115-3.2018.xsd``, ``iso19115-2.xsd``, ``dif.xsd``, ``oai_dc.xsd``, ``datacite.xsd``).
"""

import os
import shutil
from pathlib import Path

import pytest
from lxml import etree

from thalweg.catalogue.records.readers.any import read
from thalweg.catalogue.records.schemas import SCHEMAS

pytestmark = pytest.mark.peers

_XS = "http://www.w3.org/2001/XMLSchema"
_OF_ISO = {"gmd": "gmd/gmd.xsd", "gmx": "gmx/gmx.xsd", "srv": "srv/srv.xsd"}
BY_PREFIX = {schema.prefix: schema for schema in SCHEMAS}


@pytest.fixture(scope="module")
def validators(installed, tmp_path_factory):
    """Return the XML schemas that are to be had, by the prefix of ours."""
    (carried,) = installed("pycsw").glob("lib/python*/site-packages/pycsw")
    copied = tmp_path_factory.mktemp("schemas") / "pycsw"
    shutil.copytree(carried, copied, ignore=lambda _, names: [name for name in names if name.endswith((".py", ".pyc"))])
    iso = copied / "plugins/profiles/apiso/schemas/ogc/iso/19139"
    # The schema of services is carried beside the older ones only; its imports are of what stands beside it.
    shutil.copytree(iso / "20060504/srv", iso / "20070417/srv")
    whole = iso / "20070417/all.xsd"
    whole.write_text(
        f'<xs:schema xmlns:xs="{_XS}">'
        + "".join(
            f'<xs:import namespace="http://www.isotc211.org/2005/{prefix}" schemaLocation="{path}"/>'
            for prefix, path in _OF_ISO.items()
        )
        + "</xs:schema>"
    )
    files = {
        "csw": copied / "core/schemas/ogc/csw/2.0.2/record.xsd",
        "csw30": copied / "core/schemas/ogc/cat/csw/3.0/record.xsd",
        "iso19139": whole,
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
