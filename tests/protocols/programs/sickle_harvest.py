"""Sickle harvests by OAI-PMH and tells what it saw: sickle_harvest.py ADDRESS COLLECTION."""

import json
import sys

from sickle import Sickle
from sickle.oaiexceptions import BadResumptionToken, CannotDisseminateFormat, IdDoesNotExist, NoRecordsMatch

address, collection = sys.argv[1:]
oai = Sickle(address, timeout=60)
by_form = Sickle(address, http_method="POST", timeout=60)
of_one = {"metadataPrefix": "oai_dc", "set": f"collection:{collection}"}


def refused(error, ask, **asked):
    """Tell whether an error is raised as the client knows it."""
    try:
        found = ask(**asked)
        next(found)
    except error:
        return True
    return False


identity = oai.Identify()
records = list(oai.ListRecords(**of_one))
headers = list(by_form.ListIdentifiers(**of_one))
there = next(header.identifier for header in headers if not header.deleted)
one = oai.GetRecord(metadataPrefix="iso19139", identifier=there)
last = max(header.datestamp for header in headers)
seen = {
    "protocol": identity.protocolVersion,
    "deleted": identity.deletedRecord,
    "granularity": identity.granularity,
    "formats": [one.metadataPrefix for one in oai.ListMetadataFormats()],
    "sets": [one.setSpec for one in oai.ListSets()],
    "titles": {record.header.identifier: record.metadata["title"] for record in records if not record.deleted},
    "identifiers": [header.identifier for header in headers],
    "ends": [header.identifier for header in headers if header.deleted],
    "iso": "MD_Metadata" in one.raw,
    "since_last": [header.identifier for header in oai.ListIdentifiers(**of_one, **{"from": last})],
    "refused": {
        "noRecordsMatch": refused(NoRecordsMatch, oai.ListRecords, **of_one, until="1999-01-01"),
        "cannotDisseminateFormat": refused(CannotDisseminateFormat, oai.ListRecords, metadataPrefix="marc"),
        "badResumptionToken": refused(BadResumptionToken, oai.ListRecords, resumptionToken="x"),
        "idDoesNotExist": refused(IdDoesNotExist, oai.GetRecord, metadataPrefix="oai_dc", identifier="oai:x:y/z"),
    },
}
sys.stdout.write(json.dumps(seen) + "\n")
