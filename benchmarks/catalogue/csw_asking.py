"""Questions to catalogues in the words of CSW and of Records, and what their answers found."""

from asking import Request, answer, answered
from csw_rows import CswRow, Pairs
from lxml import etree
from serving import Served

Found = tuple[int, list[str]]
_ALWAYS = {"service": "CSW", "version": "2.0.2"}
_RECORDS = {"typenames": "csw:Record", "elementsetname": "summary", "resulttype": "results", "maxrecords": "10"}
_DC, _CSW = "{http://purl.org/dc/elements/1.1/}", "{http://www.opengis.net/cat/csw/2.0.2}"
_SHOWN = ("BriefRecord", "SummaryRecord", "Record")


def of_csw(served: Served, row: CswRow, pairs: Pairs) -> Request:
    """Return a request of CSW; ours has an address of its own for it."""
    told = {**_ALWAYS, "request": row.operation}
    if row.operation == "GetRecords":
        told |= _RECORDS
    if row.operation == "GetRecordById":
        told["elementsetname"] = "summary"
    return Request(_address(served), {**told, **pairs})


def of_records(pairs: Pairs) -> Request:
    """Return a search of Records."""
    return Request("/records/collections/all/items", {"limit": "10", **pairs})


def _address(served: Served) -> str:
    return "/" if served.name.startswith("pycsw") else "/csw"


def found_by_csw(served: Served, request: Request) -> Found:
    """Return how many an answer says that there are, and the ids, or the values of a domain, that it shows."""
    root = etree.fromstring(answered(served, request))
    shown = [one for name in _SHOWN for one in root.iter(f"{_CSW}{name}")]
    results = root.find(f"{_CSW}SearchResults")
    if results is not None:
        return int(results.get("numberOfRecordsMatched")), [one.findtext(f"{_DC}identifier") for one in shown]
    values = sorted(one.text.partition(" (")[0] for one in root.iter(f"{_CSW}Value"))
    found = [one.findtext(f"{_DC}identifier") for one in shown] or values
    if not found:
        raise SystemExit(f"{served.name}: {request.target(served)}: {etree.tostring(root)[:500].decode()}")
    return len(found), found


def found_by_records(served: Served, request: Request) -> Found:
    """Return how many a page says that there are, and the ids, or the values of its facet, that it shows."""
    page = answer(served, request)
    if "facets" in request.asked:
        values = sorted(str(one["value"]) for one in page["facets"]["type"]["buckets"])
        return len(values), values
    return page["numberMatched"], [one["id"] for one in page["features"]]
