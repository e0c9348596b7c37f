"""Principals and tokens in the control database."""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Engine, and_, delete, or_, select

from thalweg.core.errors import Conflict
from thalweg.core.principals import Principal
from thalweg.identity.ports import Issued, Kind
from thalweg.identity.tables import PRINCIPAL, SECRET, TOKEN
from thalweg.sql.engines import reading, writing


class SqlStore:
    """Keeps principals and tokens in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put_principal(self, principal: Principal, created: datetime) -> None:
        """Keep a principal, new or changed."""
        with writing(self._engine) as connection:
            known = PRINCIPAL.update().where(PRINCIPAL.c.id == principal.id)
            changed = connection.execute(known.values(name=principal.name, admin=principal.admin))
            if not changed.rowcount:
                new = {"id": principal.id, "name": principal.name, "admin": principal.admin, "created": created}
                connection.execute(PRINCIPAL.insert().values(new))

    def principal(self, principal: str) -> Principal | None:
        """Return a principal as it is now."""
        with reading(self._engine) as connection:
            row = connection.execute(select(PRINCIPAL).where(PRINCIPAL.c.id == principal)).one_or_none()
        return None if row is None else Principal(row.id, row.name, row.admin)

    def issue(self, token: Issued, *, instead: bool = False) -> None:
        """Keep a token; ``instead`` of all others of its kind and principal."""
        others = and_(TOKEN.c.principal == token.principal, TOKEN.c.kind == token.kind)
        with writing(self._engine) as connection:
            connection.execute(
                delete(TOKEN).where(or_(others, TOKEN.c.digest == token.digest) if instead else _gone(token.created))
            )
            connection.execute(
                TOKEN.insert().values(
                    digest=token.digest,
                    principal=token.principal,
                    kind=token.kind,
                    created=token.created,
                    expires=token.expires,
                )
            )

    def bearer(self, digest: bytes, kind: Kind, now: datetime) -> Principal | None:
        """Return whose token this is, if it is of this kind and still good."""
        whose = select(PRINCIPAL).join(TOKEN, TOKEN.c.principal == PRINCIPAL.c.id).where(_good(digest, kind, now))
        with reading(self._engine) as connection:
            row = connection.execute(whose).one_or_none()
        return None if row is None else Principal(row.id, row.name, row.admin)

    def take(self, digest: bytes, kind: Kind, now: datetime) -> Principal | None:
        """Return whose token this is and forget it: of two takers one gets it."""
        with writing(self._engine) as connection:
            taken = delete(TOKEN).where(_good(digest, kind, now)).returning(TOKEN.c.principal)
            principal = connection.execute(taken).scalar_one_or_none()
            row = connection.execute(select(PRINCIPAL).where(PRINCIPAL.c.id == principal)).one_or_none()
        return None if row is None else Principal(row.id, row.name, row.admin)

    def has(self, principal: str, kind: Kind) -> bool:
        """Tell whether the principal holds a token of this kind."""
        held = select(TOKEN.c.digest).where(TOKEN.c.principal == principal, TOKEN.c.kind == kind).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(held).first() is not None

    def secret(self, name: str, proposed: bytes) -> bytes:
        """Return the platform's secret of this name, which is the proposed one where there was none."""
        known = select(SECRET.c.value).where(SECRET.c.name == name)
        with reading(self._engine) as connection:
            found = connection.scalar(known)
        if found is None:
            with suppress(Conflict), writing(self._engine) as connection:
                connection.execute(SECRET.insert().values(name=name, value=proposed))
            with reading(self._engine) as connection:
                found = connection.execute(known).scalar_one()
        return bytes(found)


def _good(digest: bytes, kind: Kind, now: datetime) -> ColumnElement[bool]:
    return and_(TOKEN.c.digest == digest, TOKEN.c.kind == kind, or_(TOKEN.c.expires.is_(None), TOKEN.c.expires > now))


def _gone(now: datetime) -> ColumnElement[bool]:
    return and_(TOKEN.c.expires.is_not(None), TOKEN.c.expires <= now)


if TYPE_CHECKING:
    from thalweg.identity.ports import TokenStore

    _keeps_its_promise: type[TokenStore] = SqlStore
