"""Patterns of LIKE find Items by three letters at a time of what their indexed properties say."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "catalogue0007"
down_revision = "catalogue0006"

_INDEXED = 2
_SAID = f"""
SELECT n, v, 0 FROM val WHERE typeof(v) = 'text'
UNION ALL
SELECT item.n, item.p -> (one.q || 'j'), 1 FROM queryable AS one JOIN item USING (c)
WHERE one.wanted = {_INDEXED} AND item.p -> (one.q || 'j') IS NOT NULL
ORDER BY 1
"""  # noqa: S608 - ours


def upgrade() -> None:
    """Create the table, and put in what indexed properties say."""
    op.execute(
        "CREATE VIRTUAL TABLE letters USING fts5"
        " (said, content='', contentless_delete=1, detail=none, tokenize=\"trigram case_sensitive 1\")"
    )
    bind = op.get_bind()
    put = sa.text("INSERT INTO letters (rowid, said) VALUES (:n, :said)")
    for n, rows in groupby(bind.execute(sa.text(_SAID)).all(), itemgetter(0)):
        texts = [text for _, value, is_json in rows for text in _texts(orjson.loads(value) if is_json else value)]
        bind.execute(put, {"n": n, "said": "\n".join(texts).casefold()})


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE letters")
