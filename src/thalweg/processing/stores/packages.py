"""Deployed Application Packages in the control database."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, Select, delete, select

from thalweg.core.events import Event
from thalweg.core.principals import Visibility
from thalweg.processing.ports import Package, PackageStore
from thalweg.processing.stores.rows import package_of, package_row
from thalweg.processing.tables import PROCESS
from thalweg.sql.engines import reading, writing
from thalweg.sql.outbox import record


class SqlPackages:
    """Keeps Packages in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def packages(self, seen_by: Visibility) -> Sequence[Package]:
        """Return all that may be seen, by id."""
        with reading(self._engine) as connection:
            rows = connection.execute(_seen(select(PROCESS), seen_by).order_by(PROCESS.c.id))
            return [package_of(row) for row in rows]

    def package(self, process_id: str, seen_by: Visibility) -> Package | None:
        """Return one."""
        with reading(self._engine) as connection:
            query = _seen(select(PROCESS).where(PROCESS.c.id == process_id), seen_by)
            row = connection.execute(query).one_or_none()
        return None if row is None else package_of(row)

    def add(self, package: Package, events: Sequence[Event]) -> None:
        """Keep a new one, or raise ``Conflict`` where its id is taken."""
        with writing(self._engine) as connection:
            connection.execute(PROCESS.insert().values(package_row(package)))
            record(connection, events)

    def remove(self, process_id: str, events: Sequence[Event]) -> None:
        """Forget one."""
        with writing(self._engine) as connection:
            if connection.execute(delete(PROCESS).where(PROCESS.c.id == process_id)).rowcount:
                record(connection, events)


def _seen(query: Select[Any], seen_by: Visibility) -> Select[Any]:
    return query if seen_by.everything else query.where(PROCESS.c["class"].in_(seen_by.classes))


if TYPE_CHECKING:
    _keeps_its_promise: type[PackageStore] = SqlPackages
