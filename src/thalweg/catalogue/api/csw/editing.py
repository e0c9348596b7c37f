"""Single properties of Records set by a transaction's ``RecordProperty``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thalweg.catalogue.records.record import Format
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from thalweg.catalogue.filters.queryables import Queryable
    from thalweg.catalogue.records.record import Record

_DAY = len("2000-01-01")


def edited(record: Record, values: Sequence[tuple[Queryable, str | None]]) -> Record:
    """Return a Record with properties set; the document that it was given as says something else from then on.

    Raises:
        InvalidParameter: a property cannot be set by itself, or not to that.
    """
    for queryable, value in values:
        edit = _EDITS.get(queryable.members[0].name) if queryable.members else None
        if edit is None:
            raise InvalidParameter("RecordProperty", f"{queryable.name} is not set by itself here")
        record = edit(record, value)
    return replace(record, given=None)


def _updated(record: Record, value: str | None) -> Record:
    if value is None:
        return replace(record, updated=None)
    return replace(record, updated=instant(f"{value}T00:00:00Z" if len(value) == _DAY else value, "RecordProperty"))


def _listed(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


_EDITS: dict[str, Callable[[Record, str | None], Record]] = {
    "title": lambda record, value: replace(record, title=value or ""),
    "description": lambda record, value: replace(record, description=value or ""),
    "type": lambda record, value: replace(record, type=value or "dataset"),
    "lineage": lambda record, value: replace(record, lineage=value or ""),
    "parent": lambda record, value: replace(record, parent=value or ""),
    "language": lambda record, value: replace(record, language=value or ""),
    "keywords": lambda record, value: replace(record, keywords=_listed(value), themes=()),
    "alternateTitles": lambda record, value: replace(record, alternate_titles=_listed(value)),
    "formats": lambda record, value: replace(record, formats=tuple(map(Format, _listed(value)))),
    "rights": lambda record, value: replace(record, rights=replace(record.rights, notes=_listed(value))),
    "updated": _updated,
}
