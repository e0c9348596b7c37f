"""Loads documents of metadata into the platform of the environment (THALWEG_HOME), as a harvest does.

THALWEG_HOME=… .venv/bin/python benchmarks/catalogue/load_records.py prepare
THALWEG_HOME=… .venv/bin/python benchmarks/catalogue/load_records.py load records.ndjson
"""

import gc
import sys
import time
from pathlib import Path

import orjson
from load_ours import chunks

from thalweg.app.compose import Platform
from thalweg.app.preparing import prepare
from thalweg.app.settings import read_settings
from thalweg.catalogue.records.receiving import records_of
from thalweg.identity.service import ADMIN

CATALOGUE = "papers"
_AT_ONCE = 1_000


def main() -> None:
    """Prepare an empty platform, or load documents into one."""
    what, *more = sys.argv[1:]
    if what == "prepare":
        settings = read_settings()
        prepare(settings, demo=False)
        Platform(settings).records.ensure_catalogue(CATALOGUE, "Papers", "Made for a benchmark.", ADMIN)
    else:
        load(Path(more[0]))


def load(file: Path) -> None:
    """Read and load the documents of a file, a thousand a transaction; say what each of the two took."""
    platform = Platform(read_settings())
    records, limits = platform.records, platform.records.limits
    gc.disable()  # documents have no circles
    read, count, begun = 0.0, 0, time.process_time()
    with file.open("rb") as lines:
        for chunk in chunks(lines, _AT_ONCE):
            before = time.process_time()
            several = [one for line in chunk for one in records_of(orjson.loads(line)["xml"].encode(), limits)]
            read, count = read + time.process_time() - before, count + len(several)
            for loaded in records.load(several, CATALOGUE, ADMIN):
                if loaded.error is not None:
                    raise SystemExit(f"a Record was refused: {loaded.error}")
    spent = time.process_time() - begun
    print(f"{count:,} Records, {spent:.1f} s of CPU, of them {read:.1f} s to read the documents", file=sys.stderr)


if __name__ == "__main__":
    main()
