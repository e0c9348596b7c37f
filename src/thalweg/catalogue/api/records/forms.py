"""The forms in which catalogues and Records are given."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import orjson

from thalweg.web.forms import GEOJSON, HTML, JSON, Form

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Record

CATALOGUE = Form("json", "application/ogc-catalog+json", ("application/json",))
ATOM = Form("atom", "application/atom+xml")
FACETS = Form("json", "application/facets+json", ("application/json",))
_ISO = Form("iso19139", "application/vnd.iso.19139+xml", ("application/xml", "text/xml"))
_SCHEMAS: Mapping[Form, str] = {
    _ISO: "http://www.isotc211.org/2005/gmd",
    Form("iso19115-2", "application/vnd.iso.19139-2+xml"): "http://www.isotc211.org/2005/gmi",
    Form("iso19115-3", "application/vnd.iso.19115-3+xml"): "http://standards.iso.org/iso/19115/-3/mdb/2.0",
    Form("dc", "application/vnd.oai.dc+xml"): "http://www.openarchives.org/OAI/2.0/oai_dc/",
    Form("csw", "application/vnd.ogc.csw.record+xml"): "http://www.opengis.net/cat/csw/2.0.2",
    Form("dif", "application/dif10+xml"): "http://gcmd.gsfc.nasa.gov/Aboutus/xml/dif/",
    Form("fgdc", "application/vnd.fgdc.csdgm+xml"): "http://www.opengis.net/cat/csw/csdgm",
    Form("datacite", "application/vnd.datacite.datacite+xml"): "http://datacite.org/schema/kernel-4",
}
"""XML, by the namespace under which the table of schemas has its writer."""
_DATACITE = Form("datacite-json", "application/vnd.datacite.datacite+json")
_BIBTEX, _RIS = Form("bibtex", "application/x-bibtex"), Form("ris", "application/x-research-info-systems")
_CSL = Form("csl", "application/vnd.citationstyles.csl+json")
_LINKED = Form("jsonld", "application/ld+json")

NAMES: Mapping[str, str] = {
    "json": "GeoJSON",
    "atom": "Atom",
    "iso19139": "ISO 19139",
    "iso19115-2": "ISO 19115-2",
    "iso19115-3": "ISO 19115-3",
    "dc": "Dublin Core",
    "csw": "CSW Record",
    "dif": "DIF",
    "fgdc": "CSDGM",
    "datacite": "DataCite",
    "datacite-json": "DataCite JSON",
    "bibtex": "BibTeX",
    "ris": "RIS",
    "csl": "CSL",
    "jsonld": "schema.org",
}
"""What people call the forms."""
OF_CATALOGUES = (JSON, HTML)
OF_CATALOGUE = (CATALOGUE, HTML)
OF_RECORDS = (GEOJSON, HTML, ATOM)
OTHERS = (*_SCHEMAS, _DATACITE, _BIBTEX, _RIS, _CSL, _LINKED)
OF_RECORD = (GEOJSON, HTML, ATOM, *OTHERS)
OF_FACETS = (FACETS, HTML)


def written(record: "Record", form: Form, address: str) -> bytes:
    """Return a Record in one of the other forms; a document that was given in it is the same to the byte.

    Args:
        record: its links absolute.
        form: one of ``OTHERS``.
        address: where the Record is.
    """
    if form in _SCHEMAS:
        from thalweg.catalogue.records import schemas  # noqa: PLC0415 - loads the writers of XML

        return schemas.by_uri(_SCHEMAS[form]).document(record)
    return _cited(form)(record, address)


def _cited(form: Form) -> "Callable[[Record, str], bytes]":
    from thalweg.catalogue.records.writers import citation, datacite, schema_org  # noqa: PLC0415 - likewise

    writers: Mapping[Form, Callable[[Record, str], bytes]] = {
        _DATACITE: lambda record, address: orjson.dumps(datacite.document_of(record, address)),
        _BIBTEX: lambda record, address: citation.bibtex(citation.cited(record, address)).encode(),
        _RIS: lambda record, address: citation.ris(citation.cited(record, address)).encode(),
        _CSL: lambda record, address: citation.csl_json(citation.cited(record, address)),
        _LINKED: lambda record, address: orjson.dumps(schema_org.dataset(record, address)),
    }
    return writers[form]
