"""What answers filters, text, aggregations and questions about the past; what documents tell is derived on opening."""
# ruff: noqa: S608 - statements are put together of parts of ours

import struct

import orjson
import sqlalchemy as sa
import zstandard
from alembic import op

revision = "catalogue0002"
down_revision = "catalogue0001"

_DAY = "CAST(floor(t / 86400000.0) AS INTEGER)"
_MONTH = "12 * strftime('%Y', 86400 * day, 'unixepoch') + strftime('%m', 86400 * day, 'unixepoch') - 1"
_SEEN = "lead, lag, west, south, east, north"
_UP = (
    # From here on a shape that begins with 07 is a ring: pairs of 32 bits, in 1e-7 degrees, the last point left out.
    # p is JSONB: a kept property by its number, with a j behind it where it is no number and no string; s and e are
    # start_datetime and end_datetime in µs since 1970, u the µs of datetime below a ms, z is there where it is null.
    "ALTER TABLE item ADD COLUMN p BLOB",
    # A walk looks at the box and the times of an Item in the index, before it reads the row.
    "DROP INDEX item_by_collection",
    "DROP INDEX item_by_time",
    "DROP INDEX item_by_class",
    f"CREATE INDEX item_by_collection ON item (c, t DESC, n DESC, k, {_SEEN})",
    f"CREATE INDEX item_by_time ON item (t DESC, n DESC, c, k, {_SEEN})",
    f"CREATE INDEX item_by_class ON item (k, t DESC, n DESC, c, {_SEEN})",
    # A document is packed as what fills in a form, where its dictionary has one: a text and its blanks, packed.
    "ALTER TABLE dict ADD COLUMN form BLOB",
    # Since when an Item is what it is, in ms since 1970; 0 where nobody wrote it down.
    "ALTER TABLE item ADD COLUMN u INTEGER NOT NULL DEFAULT 0",
    # A removed Item that comes back goes on under its number.
    "ALTER TABLE gone ADD COLUMN n INTEGER",
    "ALTER TABLE gone ADD COLUMN k INTEGER",
    "ALTER TABLE gone ADD COLUMN at INTEGER",
    # Counters: wanted grows when what is kept of Items changes, filled when a class gets its first Item; derived is the
    # last Item whose document was gone through, and is there as long as others follow.
    # And words that those keep who may be cut, each under a name that says so.
    "CREATE TABLE state (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
    "INSERT INTO state (name, value) VALUES ('wanted', 1), ('filled', 1)",
    "INSERT INTO state (name, value) SELECT 'derived', 0 WHERE EXISTS (SELECT 1 FROM coll)",
    "CREATE TABLE property (q INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    # How far a property is prepared in a Collection (reach) and is to be (wanted); c 0 is of Collections to come.
    """CREATE TABLE queryable (
        q INTEGER, c INTEGER, reach INTEGER NOT NULL, wanted INTEGER NOT NULL, PRIMARY KEY (q, c)
    ) WITHOUT ROWID""",
    "CREATE INDEX queryable_by_reach ON queryable (q, reach, c)",
    "CREATE INDEX queryable_of_collection ON queryable (c, q, reach, wanted)",
    # What Items of one class were seen to have: kinds is a set of bits, low and high are of numbers, few is a JSON
    # array of all values while they are few. It only grows.
    """CREATE TABLE sighting (
        c INTEGER, q INTEGER, k INTEGER, kinds INTEGER NOT NULL, low, high, few TEXT, PRIMARY KEY (c, q, k)
    ) WITHOUT ROWID""",
    # The values of indexed properties.
    """CREATE TABLE val (
        q INTEGER, v, t INTEGER, n INTEGER, c INTEGER NOT NULL, k INTEGER NOT NULL, PRIMARY KEY (q, v, t DESC, n DESC)
    ) WITHOUT ROWID""",
    # The words come folded; a bar stands between what no phrase may bridge.
    """CREATE VIRTUAL TABLE txt USING fts5 (
        words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '|'"
    )""",
    """CREATE VIRTUAL TABLE colltxt USING fts5 (
        words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '|'"
    )""",
    # In tally and in both rollups c 0 is the sum of all Collections.
    "INSERT INTO tally (c, k, n, t_max, span) SELECT 0, k, sum(n), max(t_max), max(span) FROM tally GROUP BY k",
    """CREATE TABLE roll_day (
        c INTEGER, day INTEGER, k INTEGER, n INTEGER NOT NULL, PRIMARY KEY (c, day, k)
    ) WITHOUT ROWID""",
    """CREATE TABLE roll_mon (
        c INTEGER, mon INTEGER, k INTEGER, n INTEGER NOT NULL, PRIMARY KEY (c, mon, k)
    ) WITHOUT ROWID""",
    f"INSERT INTO roll_day SELECT c, {_DAY} AS day, k, count(*) FROM item GROUP BY c, day, k",
    "INSERT INTO roll_day SELECT 0, day, k, sum(n) FROM roll_day GROUP BY day, k",
    f"INSERT INTO roll_mon SELECT c, {_MONTH} AS mon, k, sum(n) FROM roll_day GROUP BY c, mon, k",
    # What Items were: d is the dictionary of z, or -1 where z is told by the version after it.
    """CREATE TABLE past (
        n INTEGER, v INTEGER, k INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
        d INTEGER NOT NULL, z BLOB NOT NULL, PRIMARY KEY (n, v)
    ) WITHOUT ROWID""",
    # A Collection's temporal extent in ms since 1970, an open end NULL, and the boxes of its spatial extent.
    "ALTER TABLE coll ADD COLUMN first INTEGER",
    "ALTER TABLE coll ADD COLUMN last INTEGER",
    """CREATE TABLE extent (
        c INTEGER, place INTEGER, west REAL, south REAL, east REAL, north REAL, PRIMARY KEY (c, place)
    ) WITHOUT ROWID""",
)
_NAMES = (
    "extent", "past", "roll_mon", "roll_day", "colltxt", "txt", "val", "sighting", "queryable", "property", "state",
)  # fmt: skip
_COLUMNS = (
    ("dict", "form"),
    ("coll", "last"),
    ("coll", "first"),
    ("gone", "at"),
    ("gone", "k"),
    ("gone", "n"),
    ("item", "u"),
    ("item", "p"),
)
_NARROW = (
    ("item_by_collection", "c, t DESC, n DESC, k"),
    ("item_by_time", "t DESC, n DESC, c, k"),
    ("item_by_class", "k, t DESC, n DESC, c"),
)


def upgrade() -> None:
    """Create them, and sum up what the tables know already."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Drop them; what Items were is lost."""
    _write_out()
    _widen()
    for name in _NAMES:
        op.execute(f"DROP TABLE {name}")
    for table, column in _COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.execute("DELETE FROM tally WHERE c = 0")
    for name, columns in _NARROW:
        op.execute(f"DROP INDEX {name}")
        op.execute(f"CREATE INDEX {name} ON item ({columns})")


def _write_out() -> None:
    """Pack the documents that fill in forms as what they are."""
    bind = op.get_bind()
    packed = zstandard.ZstdCompressor().compress
    for d, words, form in bind.execute(sa.text("SELECT d, body, form FROM dict WHERE form IS NOT NULL")).all():
        pieces, blanks = orjson.loads(zstandard.decompress(form))
        unpacked = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(words)).decompress
        for n, z in bind.execute(sa.text("SELECT n, z FROM doc WHERE d = :d"), {"d": d}).all():
            said = unpacked(z).split(b"\x00")
            parts = (said[blank] + piece.encode() for blank, piece in zip(blanks, pieces[1:], strict=True))
            values = {"n": n, "z": packed(pieces[0].encode() + b"".join(parts))}
            bind.execute(sa.text("UPDATE doc SET d = 0, z = :z WHERE n = :n"), values)
    bind.execute(sa.text("DELETE FROM dict WHERE form IS NOT NULL"))


def _widen() -> None:
    """Write the shapes that are kept as a ring of whole numbers as WKB."""
    bind = op.get_bind()
    for n, kept in bind.execute(sa.text("SELECT n, shape FROM item WHERE substr(shape, 1, 1) = x'07'")).all():
        units = struct.unpack(f"<{len(kept) // 4}i", kept[1:])
        numbers = [unit / 1e7 for unit in (*units, *units[:2])]
        wkb = struct.pack(f"<BIII{len(numbers)}d", 1, 3, 1, len(numbers) // 2, *numbers)
        bind.execute(sa.text("UPDATE item SET shape = :wkb WHERE n = :n"), {"n": n, "wkb": wkb})
