"""Both catalogues harvested by OAI-PMH, one page after the other: ours whole, the peer's first pages and its last."""

import time
from dataclasses import dataclass
from urllib.parse import urlencode

from asking import Request, answered
from lxml import etree
from serving import Served
from telling import Telling

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_FORMAT = "oai_dc"


@dataclass(frozen=True, slots=True)
class Harvested:
    """Some pages.

    Attributes:
        seconds: that passed; ``worked``: of processor on the server's side.
    """

    records: int
    pages: int
    seconds: float
    worked: float

    @property
    def rate(self) -> float:
        """Return the Records a second."""
        return self.records / self.seconds

    @property
    def cheapness(self) -> float:
        """Return the Records a second of processor."""
        return self.records / self.worked


def told(us: Served, them: Served, count: int, pages: int, telling: Telling) -> None:
    """Harvest and print."""
    whole = _harvested(us, _ours, None)
    if whole.records != count:
        raise SystemExit(f"ours gave {whole.records} of {count} Records")
    first = _harvested(them, _theirs, pages)
    page = first.records // first.pages
    last = _harvested(them, _theirs, pages, start=str(max(1, count - pages * page + 1)))
    telling.plain("OAI-PMH, first, Records/s", whole.rate, first.rate, None)
    telling.plain("OAI-PMH, last, Records/s", whole.rate, last.rate, None)
    telling.plain("OAI-PMH, Records/s of CPU", whole.cheapness, (first.cheapness + last.cheapness) / 2, None)
    telling.say(
        f"    ours: {whole.records:,} Records in {whole.pages:,} pages, {whole.seconds:.0f} s, {whole.worked:.0f} s of "
        f"processor; the peer: {first.pages} pages of {page} at its begin in {first.seconds:.1f} s "
        f"({first.worked:.1f} s of processor), at its end in {last.seconds:.1f} s ({last.worked:.1f} s)"
    )


def _ours(token: str | None) -> Request:
    asked = {"metadataPrefix": _FORMAT} if token is None else {"resumptionToken": token}
    return Request("/oai?" + urlencode({"verb": "ListRecords", **asked}))


def _theirs(token: str | None) -> Request:
    """The peer asks for the format again with each token."""
    more = {} if token is None else {"resumptionToken": token}
    return Request("/?" + urlencode({"mode": "oaipmh", "verb": "ListRecords", "metadataPrefix": _FORMAT, **more}))


def _harvested(served: Served, asking, pages: int | None, start: str | None = None) -> Harvested:  # noqa: ANN001
    token, records, read, begun, worked = start, 0, 0, time.perf_counter(), served.worked()
    while True:
        root = etree.fromstring(answered(served, asking(token)), etree.XMLParser(huge_tree=True))
        found = len(root.findall(f"{_OAI}ListRecords/{_OAI}record"))
        if not found:
            raise SystemExit(f"{served.name}: {etree.tostring(root)[:500].decode()}")
        records, read, before = records + found, read + 1, token
        token = root.findtext(f"{_OAI}ListRecords/{_OAI}resumptionToken")
        if not token or token in ("0", before) or read == pages:
            return Harvested(records, read, time.perf_counter() - begun, served.worked() - worked)
