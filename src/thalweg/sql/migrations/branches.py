"""The branch of each block: where its tables are, and the way to another revision."""

import re
from importlib import import_module
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from thalweg.sql.engines import reading

_REVISION = re.compile(r'^revision\b[^=\n]*= "(\w+)"$', re.MULTILINE)
_BELOW = re.compile(r'^down_revision\b[^=\n]*= (?:None|"(\w+)")$', re.MULTILINE)


def migrate(engine: Engine, block: str, to: str = "heads") -> None:
    """Run the branch of ``thalweg.{block}.migrations`` up or down to a revision, in one transaction.

    Several may do so at once, and any may be killed: the branch is then at the old or at the new revision.

    Args:
        engine: the database.
        block: whose tables, or the path of a part of it, ``catalogue.stores.pgstac``; the version table is named by
            the last word, ``{block}_version``.
        to: ``heads``, ``base`` (none of its tables is left), or a revision of the branch, above or below.

    Raises:
        Unavailable: the database is busy, full, broken or away; nothing was changed.
        Conflict: the tables were written by a newer Thalweg, or the migration broke a reference between them;
            nothing was changed.
    """
    versions = Path(str(import_module(f"thalweg.{block}.migrations").__file__)).parent / "versions"
    if to == "heads" and (newest := _newest(versions)) and revision_of(engine, block) == newest:
        return
    # Alembic costs a third of a second to load, and most starts find nothing to do.
    from thalweg.sql.migrations.steps import run  # noqa: PLC0415

    run(engine, versions, _table_of(block), to)


def revision_of(engine: Engine, block: str) -> str | None:
    """Return the revision a block's tables are at; nothing where it has none."""
    with reading(engine) as connection:
        table = _table_of(block)
        if not inspect(connection).has_table(table):
            return None
        found: str | None = connection.scalar(text(f"SELECT version_num FROM {table}"))  # noqa: S608 - a package's name
        return found


def _table_of(block: str) -> str:
    return f"{block.rpartition('.')[2]}_version"


def _newest(versions: Path) -> str | None:
    """Return the one revision that no other follows, read from the files' text; nothing where that does not tell."""
    texts = [file.read_text("utf-8") for file in versions.glob("*.py") if file.name != "__init__.py"]
    revisions = [name for written in texts for name in _REVISION.findall(written)]
    below = [name for written in texts for name in _BELOW.findall(written)]
    newest = set(revisions) - set(below)
    return newest.pop() if len(revisions) == len(below) == len(texts) and len(newest) == 1 else None
