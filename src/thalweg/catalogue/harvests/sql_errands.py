"""Errands in the control database; how often one was begun is in every write of it, so that none is overtaken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Engine, Row, and_, delete, func, or_, select, update

from thalweg.catalogue.harvests.errand import Errand
from thalweg.catalogue.harvests.ports import Overtaken
from thalweg.catalogue.harvests.tables import ERRAND
from thalweg.core.errors import QuotaExceeded
from thalweg.sql.engines import reading, writing

if TYPE_CHECKING:
    from datetime import datetime

    from thalweg.catalogue.harvests.ports import KeptErrands

_SOON = 300
_COLUMNS = tuple(column.name for column in ERRAND.columns if column.name not in ("workspace", "until", "handlers"))


class SqlErrands:
    """Keeps errands in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, errand: Errand, most: int) -> None:
        """Keep a new errand."""
        of_workspace = select(func.count()).where(ERRAND.c.workspace == errand.workspace)
        told = {name: getattr(errand, name) for name in _COLUMNS}
        with writing(self._engine) as connection:
            if (connection.scalar(of_workspace) or 0) >= most:
                raise QuotaExceeded(f"{most} harvests of the workspace {errand.workspace} wait already.", _SOON)
            values = {**told, "workspace": errand.workspace, "handlers": list(errand.handlers)}
            connection.execute(ERRAND.insert().values(values))

    def waits(self, now: datetime) -> bool:
        """Tell whether one is due that nobody is at."""
        with reading(self._engine) as connection:
            return connection.execute(select(ERRAND.c.id).where(_free(now)).limit(1)).one_or_none() is not None

    def claim(self, now: datetime, until: datetime) -> Errand | None:
        """Begin with the one that is due longest, if one is that nobody else is at."""
        if not self.waits(now):
            return None
        wanted = select(ERRAND).where(_free(now)).order_by(ERRAND.c.due).limit(1).with_for_update(skip_locked=True)
        with writing(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
            if row is None:
                return None
            died = row.until is not None  # nobody let it go
            begun = replace(_errand(row), run=row.run + 1, deaths=row.deaths + died)
            values = {"run": begun.run, "deaths": begun.deaths, "until": until}
            connection.execute(update(ERRAND).where(ERRAND.c.id == row.id).values(values))
        return begun

    def hold(self, errand: Errand, until: datetime) -> None:
        """Hold an errand longer."""
        self._change(errand, {"until": until})

    def put_off(self, errand: Errand, due: datetime, tries: int, handlers: tuple[str, ...] | None = None) -> None:
        """Let go of an errand until it is due again; of its handlers those still wait that are named."""
        waiting = errand.handlers if handlers is None else handlers
        self._change(errand, {"until": None, "due": due, "tries": tries, "handlers": list(waiting)})

    def answered(self, errand: Errand, answer: str, due: datetime) -> None:
        """Keep the answer, and let go of the errand."""
        self._change(errand, {"until": None, "due": due, "tries": 0, "answer": answer})

    def remove(self, errand: Errand) -> None:
        """Forget an errand that is done with."""
        with writing(self._engine) as connection:
            connection.execute(delete(ERRAND).where(_current(errand)))

    def _change(self, errand: Errand, values: dict[str, Any]) -> None:
        with writing(self._engine) as connection:
            if connection.execute(update(ERRAND).where(_current(errand)).values(values)).rowcount != 1:
                raise Overtaken("Another is at this harvest now.")


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(ERRAND.c.due <= now, or_(ERRAND.c.until.is_(None), ERRAND.c.until < now))


def _current(errand: Errand) -> ColumnElement[bool]:
    return and_(ERRAND.c.id == errand.id, ERRAND.c.run == errand.run)


def _errand(row: Row[Any]) -> Errand:
    told = row._mapping  # noqa: SLF001 - Row's public API
    return Errand(**{name: told[name] for name in _COLUMNS}, handlers=tuple(told["handlers"]))


if TYPE_CHECKING:
    _keeps_its_promise: type[KeptErrands] = SqlErrands
