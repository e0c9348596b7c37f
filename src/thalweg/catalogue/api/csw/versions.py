"""What the two versions of CSW differ in: namespaces, reports, operations."""

from __future__ import annotations

from dataclasses import dataclass

from thalweg.catalogue.filters.fes import FES_20, FILTER_11
from thalweg.catalogue.records.writers.dublin_core import CSW_2, CSW_3
from thalweg.catalogue.records.writers.markup import XLINK, Markup
from thalweg.web.ows import OWS_100, OWS_200, Dialect, VersionNegotiationFailed

DC, DCT = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
XSI, XSD = "http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of CSW.

    Attributes:
        number: as requests say it.
        csw: its namespace, which is its usual output schema too.
        fes: the namespace of its filters.
        reports: how it tells exceptions.
        schemas: where the schema of its answers is.
    """

    number: str
    csw: str
    fes: str
    reports: Dialect
    schemas: str

    @property
    def is_third(self) -> bool:
        """Tell whether it is CSW 3."""
        return self.csw == CSW_3

    @property
    def ows(self) -> str:
        """Return its namespace of OWS Common."""
        return self.reports.namespace

    def markup(self) -> Markup:
        """Return what makes elements of its answers."""
        return Markup(
            {"csw": self.csw, "ows": self.ows, "ogc": self.fes, "dc": DC, "dct": DCT, "xlink": XLINK, "xsi": XSI}
        )


V2 = Version("2.0.2", CSW_2, FILTER_11, OWS_100, "http://schemas.opengis.net/csw/2.0.2")
V3 = Version("3.0.0", CSW_3, FES_20, OWS_200, "http://schemas.opengis.net/cat/csw/3.0")
VERSIONS = {one.number: one for one in (V3, V2)}
"""The highest first, which speaks where none is asked for (06-121r9, 7.3.2)."""
OF_NAMESPACE = {one.csw: one for one in VERSIONS.values()}


def agreed(accepted: tuple[str, ...]) -> Version:
    """Return the first of the versions that a client takes which is spoken here.

    Raises:
        VersionNegotiationFailed: none is.
    """
    for number in accepted:
        if number in VERSIONS:
            return VERSIONS[number]
    if accepted:
        raise VersionNegotiationFailed("acceptVersions", f"names none of {', '.join(VERSIONS)}")
    return V3
