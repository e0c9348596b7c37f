"""The operations of CSW as they were asked for, whichever encoding and version they came in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from thalweg.catalogue.federation.seen import USUAL_SECONDS
from thalweg.core.errors import InvalidParameter

if TYPE_CHECKING:
    from datetime import datetime

    from thalweg.catalogue.api.csw.versions import Version
    from thalweg.catalogue.federation.catalogues import Chosen
    from thalweg.catalogue.filters.queryables import Queryable
    from thalweg.catalogue.records.record import Record
    from thalweg.catalogue.records.writers.dublin_core import ElementSet
    from thalweg.core.expressions import Expression
    from thalweg.core.geometry import BBox
    from thalweg.core.queries import Sort
    from thalweg.core.texts import Text
    from thalweg.core.time import Interval
    from thalweg.guard.markup import Element

ResultType = Literal["hits", "results", "validate"]


@dataclass(frozen=True, slots=True)
class GetCapabilities:
    """What is offered here.

    Attributes:
        sections: which of the document; ``None`` is all.
        media_type: of the answer.
        language: that the answer should be in, as INSPIRE's services are asked.
    """

    version: Version
    sections: frozenset[str] | None = None
    update_sequence: str | None = None
    media_type: str = "application/xml"
    language: str | None = None


@dataclass(frozen=True, slots=True)
class DescribeRecord:
    """The schemas of record types, by the namespaces that they are in; none is all."""

    version: Version
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraint:
    """Which Records; every field narrows."""

    filter: Expression | None = None
    text: Text | None = None
    bbox: BBox | None = None
    interval: Interval | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ValuesOf:
    """One property whose values are asked for, of the Records that a filter finds."""

    name: str
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class GetDomain:
    """What values parameters or properties have."""

    version: Version
    parameters: tuple[str, ...] = ()
    properties: tuple[ValuesOf, ...] = ()
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """How far a search goes on to other catalogues.

    Attributes:
        hops: how many catalogues deep, this one counted.
        search_id: is the same wherever the search comes to.
        client_id: of who asked first.
        seconds: for which the search is known by its id.
        among: the catalogues that are asked; none is all.
    """

    hops: int = 2
    search_id: str = ""
    client_id: str = ""
    seconds: float = USUAL_SECONDS
    among: tuple[Chosen, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """How Records are shown.

    Attributes:
        schema: the URI of the output schema.
        elements: the element set; ``None`` where elements are named.
        names: the elements of a full record that are shown, as ``{namespace}name``.
    """

    schema: str
    elements: ElementSet | None = "summary"
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GetRecords:
    """A search.

    Attributes:
        start: from 1.
        most: Records in the answer; ``None`` is as many as may be.
        handlers: where the answer is sent instead.
        echo: the element that was posted, which goes on to other catalogues; of a request of pairs these do.
        as_of: the moment of which the answer is; none is now.
    """

    version: Version
    view: View
    constraint: Constraint = Constraint()
    sort: tuple[Sort, ...] = ()
    start: int = 1
    most: int | None = 10
    result_type: ResultType = "hits"
    media_type: str = "application/xml"
    request_id: str | None = None
    distribution: Distribution | None = None
    handlers: tuple[str, ...] = ()
    echo: Element | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class GetRecordById:
    """Records by their ids."""

    version: Version
    ids: tuple[str, ...]
    view: View
    media_type: str = "application/xml"
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Insert:
    """New Records."""

    records: tuple[Record, ...]
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Records put in the place of those of their ids."""

    records: tuple[Record, ...]
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Properties of Records set to values, ``None`` to none."""

    values: tuple[tuple[Queryable, str | None], ...]
    constraint: Constraint
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Delete:
    """Records removed."""

    constraint: Constraint
    handle: str = ""


Action = Insert | Replacement | Edit | Delete


@dataclass(frozen=True, slots=True)
class Transaction:
    """Changes, all of them or none; ``verbose`` tells what is new."""

    version: Version
    actions: tuple[Action, ...]
    verbose: bool = True
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Harvest:
    """One resource brought in from an address."""

    version: Version
    source: str
    resource_type: str
    interval: str | None = None
    handlers: tuple[str, ...] = ()


Request = GetCapabilities | DescribeRecord | GetDomain | GetRecords | GetRecordById | Transaction | Harvest
OPERATIONS = (
    "GetCapabilities",
    "DescribeRecord",
    "GetDomain",
    "GetRecords",
    "GetRecordById",
    "Transaction",
    "Harvest",
)


AS_OF = "asOf"
"""The platform's own parameter, a pair in the address of any encoding: no schema of CSW has a place for it."""
OF_A_TIME = (GetDomain, GetRecords, GetRecordById)
"""What may be asked as of a time."""


def asked_then(asked: Request, at: datetime | None) -> Request:
    """Return a request as of a time.

    Raises:
        InvalidParameter: what is asked is of no time.
    """
    if at is None:
        return asked
    if not isinstance(asked, OF_A_TIME):
        raise InvalidParameter(AS_OF, f"goes with {', '.join(one.__name__ for one in OF_A_TIME)}")
    return replace(asked, as_of=at)


@dataclass(frozen=True, slots=True)
class Received:
    """A request with what an acknowledgement echoes of it: the element that was posted, or the address asked."""

    request: Request
    echo: Element | str
