"""Loads documents into a repository of pycsw, in pycsw's own environment: read and put in by its own code.

python load_pycsw.py DATABASE records.ndjson [part of parts]

``pycsw-admin`` does the same file by file; here a thousand go into one transaction. With parts, several processes
share a file: each takes every so manieth line, and who is first, part 0, has made the tables.
"""

import json
import sys
from itertools import islice
from pathlib import Path

import pycsw
from lxml import etree
from pycsw.core import admin, config, metadata, repository

TABLE = "records"
_AT_ONCE = 500


def main() -> None:
    """Make the tables, or load a part of a file."""
    what, database, *more = sys.argv[1:]
    if what == "prepare":
        admin.setup_db(database, TABLE, str(Path(pycsw.__file__).parent))
        return
    file, part, parts = more
    context = config.StaticContext()
    kept = repository.Repository(database, context, table=TABLE)
    with Path(file).open("rb") as lines:
        mine = islice(lines, int(part), None, int(parts))
        while chunk := list(islice(mine, _AT_ONCE)):
            kept.session.begin()
            kept.session.add_all([_read(context, kept, json.loads(line)["xml"]) for line in chunk])
            kept.session.commit()
            kept.session.expunge_all()


def _read(context: config.StaticContext, kept: repository.Repository, xml: str) -> object:
    (record,) = metadata.parse_record(context, etree.fromstring(xml.encode(), context.parser), kept)
    if isinstance(record.xml, bytes):  # as the repository does where it puts in one
        record.xml = record.xml.decode()
    return record


if __name__ == "__main__":
    main()
