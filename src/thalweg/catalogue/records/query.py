"""What is asked of the Records, whatever protocol asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from thalweg.core.expressions import Expression
    from thalweg.core.geometry import BBox
    from thalweg.core.queries import Sort, Token
    from thalweg.core.texts import Text
    from thalweg.core.time import Interval


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Which Records: every field narrows, an empty one does not.

    Attributes:
        catalogues: Collections of Records, or of Items, which are Records here.
        types: of resources: ``item``, ``collection``, ``process``, ``service``, ``dataset``, …
        ids: of Records.
        external_ids: what others call the resource, with a scheme before a colon or without.
        bbox, interval, intersects: what the resource's place and time must meet.
        filter: what must be true of the Record.
        text: what its title, description or keywords must say.
        sort: none is newest first.
        skip: how many are passed over before the page, beside ``after``.
        as_of: the Records as they were then, to those who may see them now; none is as they are.
    """

    catalogues: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    bbox: BBox | None = None
    interval: Interval | None = None
    intersects: Mapping[str, Any] | None = None
    filter: Expression | None = None
    text: Text | None = None
    sort: tuple[Sort, ...] = ()
    limit: int = 10
    after: Token | None = None
    skip: int = 0
    as_of: datetime | None = None
