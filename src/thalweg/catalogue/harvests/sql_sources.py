"""Sources in the control database; the number of its harvest is in every write of one, so that none is overtaken."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, func, or_, select, update

from thalweg.catalogue.harvests.ports import Overtaken
from thalweg.catalogue.harvests.source import Source
from thalweg.catalogue.harvests.tables import MET, SOURCE
from thalweg.core.errors import Conflict, NotFound, QuotaExceeded
from thalweg.sql.engines import reading, writing
from thalweg.sql.outbox import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from thalweg.catalogue.harvests.ports import Sources
    from thalweg.core.events import Event

_A_DAY = 86_400
_AT_ONCE, _LONGEST_KEY = 500, 256
_ABOUT = ("id", "catalogue", "url", "kind", "interval", "owner", "ours", "made", "due", "run", "state", "begun")
_WENT = ("ended", "since", "failures", "error", "told")


class SqlSources:
    """Keeps sources in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, source: Source, most: int, until: datetime) -> tuple[Source, bool]:
        """Keep a source whose harvest begins, or begin one that is there by the same address and catalogue."""
        same = and_(SOURCE.c.catalogue == source.catalogue, SOURCE.c.url == source.url)
        with writing(self._engine) as connection:
            row = connection.execute(select(SOURCE).where(same).with_for_update()).one_or_none()
            if row is not None:
                return self._again(connection, row, source, until), False
            of_workspace = select(func.count()).where(SOURCE.c.workspace == source.workspace)
            if (connection.scalar(of_workspace) or 0) >= most:
                raise QuotaExceeded(f"The workspace {source.workspace} has {most} sources, as many as one may.", _A_DAY)
            connection.execute(SOURCE.insert().values(workspace=source.workspace, until=until, **_columns(source)))
        return source, True

    @staticmethod
    def _again(connection: Connection, row: Row[Any], source: Source, until: datetime) -> Source:
        if row.until is not None and source.begun is not None and row.until > source.begun:
            raise Conflict("The source is being harvested just now.")
        again = replace(
            _source(row),
            kind=source.kind,
            interval=source.interval,
            owner=source.owner,
            ours=source.ours,
            due=source.due,
            begun=source.begun,
            run=row.run + 1,
            state="running",
        )
        connection.execute(update(SOURCE).where(SOURCE.c.id == row.id).values(until=until, **_columns(again)))
        return again

    def source(self, source_id: str) -> Source:
        """Return one source."""
        with reading(self._engine) as connection:
            row = connection.execute(select(SOURCE).where(SOURCE.c.id == source_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no source {source_id[:64]!r}.")
        return _source(row)

    def of(self, catalogue: str | None) -> Sequence[Source]:
        """Return the sources of a catalogue, the oldest first; without one, all there are."""
        query = select(SOURCE).order_by(SOURCE.c.made, SOURCE.c.id)
        if catalogue is not None:
            query = query.where(SOURCE.c.catalogue == catalogue)
        with reading(self._engine) as connection:
            return [_source(row) for row in connection.execute(query)]

    def remove(self, source_id: str, events: Sequence[Event]) -> None:
        """Forget a source, and which Records came from it."""
        with writing(self._engine) as connection:
            if connection.execute(delete(SOURCE).where(SOURCE.c.id == source_id)).rowcount:
                record(connection, events)
            connection.execute(delete(MET).where(MET.c.source == source_id))

    def hurry(self, source_id: str, at: datetime) -> None:
        """Have a source harvested as soon as can be."""
        with writing(self._engine) as connection:
            connection.execute(update(SOURCE).where(SOURCE.c.id == source_id).values(due=at, since=""))

    def waits(self, now: datetime) -> bool:
        """Tell whether a harvest is due that nobody is at."""
        with reading(self._engine) as connection:
            return connection.execute(select(SOURCE.c.id).where(_free(now)).limit(1)).one_or_none() is not None

    def claim(self, now: datetime, until: datetime, following: Callable[[Source], datetime]) -> Source | None:
        """Begin the harvest that is due longest, if one is that nobody else is at."""
        if not self.waits(now):
            return None
        wanted = select(SOURCE).where(_free(now)).order_by(SOURCE.c.due).limit(1)
        with writing(self._engine) as connection:
            row = connection.execute(wanted.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            begun = replace(_source(row), run=row.run + 1, state="running", begun=now, told={})
            if row.until is not None:  # nobody let it go: its worker was killed
                begun = replace(begun, failures=row.failures + 1, due=following(begun))
            connection.execute(update(SOURCE).where(SOURCE.c.id == row.id).values(until=until, **_columns(begun)))
        return begun

    def progressed(self, source: Source, until: datetime, told: Mapping[str, Any]) -> None:
        """Keep how far a harvest has come, and hold it longer."""
        with writing(self._engine) as connection:
            _change(connection, source, {"until": until, "told": dict(told)})

    def release(self, source: Source) -> None:
        """Let another begin a harvest again, at once."""
        with writing(self._engine) as connection:
            connection.execute(update(SOURCE).where(_current(source)).values(until=None))

    def ended(self, source: Source, events: Sequence[Event]) -> None:
        """Keep how a harvest went."""
        went = {name: getattr(source, name) for name in ("due", "state", *_WENT)}
        with writing(self._engine) as connection:
            _change(connection, source, {**went, "until": None})
            record(connection, events)

    def met(self, source: Source, pairs: Sequence[tuple[str, str]]) -> None:
        """Keep that this harvest met Records."""
        found = {_short(key): one for key, one in pairs}
        if not found:
            return
        with writing(self._engine) as connection:
            _change(connection, source, {"run": source.run})
            connection.execute(delete(MET).where(MET.c.source == source.id, MET.c.key.in_(found)))
            rows = [{"source": source.id, "key": key, "record": one, "run": source.run} for key, one in found.items()]
            connection.execute(MET.insert(), rows)

    def refuse(self, source: Source, keys: Sequence[str]) -> None:
        """Keep that this harvest did not take documents: by the number of its run, below zero."""
        found = [key for key in dict.fromkeys(keys) if len(key) <= _LONGEST_KEY]
        if not found:
            return
        with writing(self._engine) as connection:
            _change(connection, source, {"run": source.run})
            of_them = and_(MET.c.source == source.id, MET.c.key.in_(found))
            known = {row.key: row.record for row in connection.execute(select(MET.c.key, MET.c.record).where(of_them))}
            connection.execute(delete(MET).where(of_them))
            rows = [
                {"source": source.id, "key": key, "record": known.get(key, ""), "run": -source.run} for key in found
            ]
            connection.execute(MET.insert(), rows)

    def refused(self, source: Source, most: int) -> tuple[Sequence[str], int]:
        """Return what the source calls documents that were not taken, those first that wait longest; and how many."""
        waiting = and_(MET.c.source == source.id, MET.c.run < 0)
        with reading(self._engine) as connection:
            count = connection.scalar(select(func.count()).select_from(MET).where(waiting)) or 0
            query = select(MET.c.key).where(waiting).order_by(MET.c.run.desc(), MET.c.key).limit(most)
            return (list(connection.scalars(query)) if count else []), count

    def known_as(self, source: Source, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the ids of Records by what the source calls them."""
        found: dict[str, str] = {}
        with reading(self._engine) as connection:
            for start in range(0, len(keys), _AT_ONCE):
                some = [_short(key) for key in keys[start : start + _AT_ONCE]]
                query = select(MET.c.key, MET.c.record).where(MET.c.source == source.id, MET.c.key.in_(some))
                found |= {row.key: row.record for row in connection.execute(query)}
        return found

    def unmet(self, source: Source) -> Sequence[tuple[str, str]]:
        """Return what this harvest did not meet, and no other source of the catalogue holds."""
        other, place = MET.alias(), SOURCE.alias()
        elsewhere = (
            select(other.c.key)
            .join(place, place.c.id == other.c.source)
            .where(
                place.c.catalogue == source.catalogue,
                other.c.record == MET.c.record,
                or_(other.c.source != source.id, other.c.run == source.run),
            )
            .exists()
        )
        query = select(MET.c.key, MET.c.record).where(MET.c.source == source.id, MET.c.run < source.run, ~elsewhere)
        with reading(self._engine) as connection:
            return [(row.key, row.record) for row in connection.execute(query)]

    def settle(self, source: Source) -> None:
        """Forget all that this harvest did not meet."""
        with writing(self._engine) as connection:
            connection.execute(delete(MET).where(MET.c.source == source.id, MET.c.run < source.run))

    def forget(self, source: Source, keys: Sequence[str]) -> None:
        """Forget that Records came from a source."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(MET).where(MET.c.source == source.id, MET.c.key.in_([_short(key) for key in keys]))
            )


def _short(key: str) -> str:
    """Return what a source calls a record, or its digest: an index takes no text of any length."""
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(SOURCE.c.due <= now, or_(SOURCE.c.until.is_(None), SOURCE.c.until < now))


def _current(source: Source) -> ColumnElement[bool]:
    return and_(SOURCE.c.id == source.id, SOURCE.c.run == source.run)


def _change(connection: Connection, source: Source, values: Mapping[str, Any]) -> None:
    if connection.execute(update(SOURCE).where(_current(source)).values(**values)).rowcount != 1:
        raise Overtaken("The source was removed, or another harvests it now.")


def _columns(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in (*_ABOUT, *_WENT)}


def _source(row: Row[Any]) -> Source:
    return Source(**{name: row._mapping[name] for name in (*_ABOUT, *_WENT)})  # noqa: SLF001 - Row's public API


if TYPE_CHECKING:
    _keeps_its_promise: type[Sources] = SqlSources
