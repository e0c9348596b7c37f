"""What versions of the past are found by, and Collections as they were."""

# ruff: noqa: S608 - statements are put together of parts of ours

from alembic import op

revision = "pgstac0003"
down_revision = "pgstac0002"

_COLUMNS = (
    "n bigint", "t bigint", "u smallint", "first bigint", "last bigint", "shape geometry",
    "w text COLLATE \"C\" NOT NULL DEFAULT ''", "x float8", "y float8",
)  # fmt: skip
_TIMES = """
    SELECT was.ctid AS place, microseconds(moment(was.body -> 'properties' ->> 'datetime')) AS at,
        microseconds(moment(was.body -> 'properties' ->> 'start_datetime')) AS begun,
        microseconds(moment(was.body -> 'properties' ->> 'end_datetime')) AS done,
        footprint(ST_GeomFromGeoJSON(nullif(was.body -> 'geometry', 'null')), was.body -> 'bbox') AS ground,
        words(was.body -> 'properties') AS said
    FROM past AS was WHERE NOT was.gone AND was.body IS NOT NULL"""
_UP = (
    # As the columns of item are; properties are read in the body. n was its number, or is one of its own.
    *(f"ALTER TABLE past ADD COLUMN {column}" for column in _COLUMNS),
    f"""UPDATE past SET n = coalesce(
            (SELECT item.n FROM item WHERE item.c = past.c AND item.id = past.id),
            nextval(pg_get_serial_sequence('thalweg.item', 'n'))),
        t = floor(coalesce(old.at, old.begun) / 1000.0),
        u = mod(mod(coalesce(old.at, old.begun), 1000) + 1000, 1000),
        first = floor(least(old.at, old.begun) / 1000.0), last = floor(greatest(old.at, old.done) / 1000.0),
        shape = old.ground, w = old.said, x = ST_X(ST_Centroid(ST_Envelope(old.ground))),
        y = ST_Y(ST_Centroid(ST_Envelope(old.ground)))
    FROM ({_TIMES}) AS old WHERE past.ctid = old.place""",
    "CREATE INDEX past_by_end ON past (until, since) WHERE NOT gone",
    "CREATE INDEX past_of_collection ON past (c, until, since) WHERE NOT gone",
    # Since when a Collection is what it is; 1970 where nobody wrote it down. The end of a removed one.
    "ALTER TABLE coll ADD COLUMN at timestamptz NOT NULL DEFAULT to_timestamp(0)",
    "ALTER TABLE coll ALTER at SET DEFAULT clock_timestamp()",
    """CREATE TABLE collpast (
        c int NOT NULL, v bigint NOT NULL, k int NOT NULL, since timestamptz NOT NULL, until timestamptz NOT NULL,
        content jsonb NOT NULL, PRIMARY KEY (c, v)
    )""",
    "CREATE INDEX collpast_by_end ON collpast (until, since)",
    """CREATE OR REPLACE FUNCTION adopt_collection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            INSERT INTO thalweg.collpast (c, v, k, since, until, content)
            SELECT c, v, k, at, clock_timestamp(), OLD.content FROM thalweg.coll WHERE id = OLD.id AND key IS NOT NULL
            ON CONFLICT DO NOTHING;
        END IF;
        IF TG_OP = 'DELETE' THEN
            UPDATE thalweg.coll SET key = NULL, at = clock_timestamp() WHERE id = OLD.id;
        ELSE
            INSERT INTO thalweg.coll (id, key) VALUES (NEW.id, NEW.key)
            ON CONFLICT (id) DO UPDATE SET key = NEW.key, v = coll.v + 1, at = clock_timestamp();
        END IF;
        RETURN NULL;
    END $$""",
)
_DOWN = (
    """CREATE OR REPLACE FUNCTION adopt_collection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            UPDATE thalweg.coll SET key = NULL WHERE id = OLD.id;
        ELSE
            INSERT INTO thalweg.coll (id, key) VALUES (NEW.id, NEW.key)
            ON CONFLICT (id) DO UPDATE SET key = NEW.key, v = coll.v + 1;
        END IF;
        RETURN NULL;
    END $$""",
    "DROP TABLE collpast",
    "ALTER TABLE coll DROP COLUMN at",
    "DROP INDEX past_of_collection",
    "DROP INDEX past_by_end",
    *(f"ALTER TABLE past DROP COLUMN {column.partition(' ')[0]}" for column in reversed(_COLUMNS)),
)


def upgrade() -> None:
    """Create them, and fill in what old documents tell."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Drop them; what Collections were is lost."""
    for statement in _DOWN:
        op.execute(statement)
