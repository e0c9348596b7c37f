"""Patterns of LIKE find Items by three letters at a time of what their indexed properties say."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "catalogue0007"
down_revision = "catalogue0006"

_INDEXED = 2
_AT_ONCE = 1_000
"""Items whose texts are in memory together."""
_SAID = f"""
SELECT item.n, coalesce(item.p -> (one.q || ''), item.p -> (one.q || 'j')) AS value
FROM item CROSS JOIN queryable AS one ON one.c = item.c AND one.wanted = {_INDEXED}
WHERE item.n > :after AND item.n <= :after + {_AT_ONCE} AND value IS NOT NULL ORDER BY item.n
"""  # noqa: S608 - ours


def upgrade() -> None:
    """Create the table, and put in what indexed properties say."""
    op.execute(
        "CREATE VIRTUAL TABLE letters USING fts5"
        " (said, content='', contentless_delete=1, detail=none, tokenize=\"trigram case_sensitive 1\")"
    )
    bind = op.get_bind()
    put = sa.text("INSERT INTO letters (rowid, said) VALUES (:n, :said)")
    last = bind.execute(sa.text("SELECT coalesce(max(n), 0) FROM item")).scalar_one()
    for after in range(0, last, _AT_ONCE):
        rows = bind.execute(sa.text(_SAID), {"after": after}).all()
        said = [(n, _said(value for _, value in several)) for n, several in groupby(rows, itemgetter(0))]
        if found := [{"n": n, "said": text} for n, text in said if text]:
            bind.execute(put, found)


def _said(values: Iterable[str]) -> str:
    waiting, texts = [orjson.loads(value) for value in values], list[str]()
    while waiting:
        one: Any = waiting.pop()
        if isinstance(one, str):
            texts.append(one)
        elif isinstance(one, list | dict):
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return "\n".join(texts).casefold().replace("\0", "\n")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE letters")
