"""The operator's commands on the catalogue, on a platform's own folder, with real products and Items."""

import gc
import re
import shutil
from collections import Counter

import apsw
import orjson
import psycopg
import pytest
from click.testing import CliRunner

from thalweg.app import ingesting
from thalweg.app.cli import main
from thalweg.app.compose import Platform
from thalweg.app.preparing import furnish
from thalweg.app.settings import Settings
from thalweg.harvest.sources.ndjson import Ndjson

NOBODY_HAS_IT = "  no Item of naip has naip:yeer: is it written so? It is found by once one has.\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return what runs one command on a folder of the test's own; it gives the exit code and what was said."""
    monkeypatch.setenv("THALWEG_HOME", str(tmp_path / "home"))

    def run(*command):
        answered = CliRunner().invoke(main, [str(word) for word in command], env={"COLUMNS": "200"})
        gc.collect()  # a process that ends has no file open
        if answered.exception is not None and not isinstance(answered.exception, SystemExit):
            raise answered.exception
        return answered.exit_code, answered.output

    return run


def items_of(run, path):
    _, said = run("get", path)
    return orjson.loads(said)["features"]


def test_items_are_loaded_found_indexed_checked_and_copied(run, real_data, tmp_path):
    source = real_data / "stac" / "naip-1000.ndjson"
    assert run("catalogue", "load", source, "--collection", "naip") == (0, "1,000 registered\n")
    with_year = "/api/collections/naip/items?filter=\"naip:year\"='2013'&sortby=-id&limit=3"
    found = [item["id"] for item in items_of(run, with_year)]
    assert len(found) == 3
    assert run("catalogue", "index", "naip", "naip:year", "naip:yeer") == (
        0,
        "indexed naip:year of naip: 1,000 Items\nindexed naip:yeer of naip: 0 Items\n" + NOBODY_HAS_IT,
    )
    assert [item["id"] for item in items_of(run, with_year)] == found
    assert "1,000" in run("catalogue", "stats")[1]
    assert run("catalogue", "check")[0] == 0
    assert run("catalogue", "reindex")[0] == 0
    assert run("catalogue", "compact")[0] == 0
    assert [item["id"] for item in items_of(run, with_year)] == found
    home, copy = tmp_path / "home" / "items.sqlite", tmp_path / "copy.sqlite"
    assert run("catalogue", "copy", f"sqlite:///{home}", f"sqlite:///{copy}")[0] == 0
    assert "1,000 unchanged" in run("catalogue", "copy", f"sqlite:///{home}", f"sqlite:///{copy}")[1]


def test_a_collection_is_removed_with_its_items_and_each_is_told_of(run, real_data, tmp_path):
    source = real_data / "stac" / "naip-1000.ndjson"
    run("catalogue", "load", source, "--collection", "naip")
    code, said = run("catalogue", "remove", "naip")
    assert (code, "thalweg catalogue remove naip --with-items" in said) == (1, True)
    assert run("catalogue", "remove", "naip", "--with-items")[0] == 1  # nobody says yes
    assert "1,000" in run("catalogue", "stats")[1]
    code, said = run("catalogue", "remove", "naip", "--with-items", "--yes")
    assert (code, said) == (0, "removed naip and its 1,000 Items, of which each is kept as what was\n")
    store = Platform(Settings(home=tmp_path / "home")).item_store
    told = Counter(one.event.kind for one in store.outbox.after(0, 10_000))
    assert (told["item.removed"], told["collection.removed"]) == (1000, 1)
    assert store.statistics().counts["removed Items"] == 1000
    assert list(store.check(lambda *_: None)) == []
    store.close()
    assert "There is no Collection 'naip'" in run("catalogue", "remove", "naip")[1]


def test_a_file_is_loaded_again_and_what_is_there_is_unchanged(run, real_data, tmp_path):
    source = tmp_path / "some.ndjson"
    source.write_bytes(b"\n".join((real_data / "stac" / "naip-1000.ndjson").read_bytes().splitlines()[:5]))
    code, said = run("catalogue", "load", source)
    assert (code, said.splitlines()) == (
        1,
        [
            "5 refused",
            "  5 × There is no Collection 'naip'; --collection NAME makes one",
            "Say --report FILE to see each of them, by line.",
        ],
    )
    assert run("catalogue", "load", source, "--collection", "naip") == (0, "5 registered\n")
    assert run("catalogue", "load", source, "--collection", "naip") == (0, "5 unchanged\n")
    assert run("catalogue", "load", source) == (0, "5 unchanged\n")


def test_a_load_that_is_stopped_says_how_far_it_came_and_goes_on(run, tmp_path, capsys):
    class Stopped(Ndjson):
        def rows(self, after):
            for row in super().rows(after):
                if row.place == 1500:
                    raise KeyboardInterrupt
                yield row

    item = {"type": "Feature", "stac_version": "1.1.0", "geometry": None, "links": [], "assets": {}}
    item["properties"] = {"datetime": "2024-01-01T00:00:00Z"}
    source = tmp_path / "many.ndjson"
    source.write_bytes(b"\n".join(orjson.dumps({**item, "id": f"i{n}" if n % 1000 else 7}) for n in range(1, 2001)))
    platform = Platform(Settings(home=tmp_path / "home"))
    platform.migrate()
    furnish(platform)
    checkpoint = ingesting.checkpoint_of(platform, source, "many")
    assert ingesting.load(platform, Stopped(source), checkpoint, "many", None, replacing=True) == 130
    stopped = "Stopped behind line 1,000 (999 registered, 1 refused); the same command goes on there.\n"
    assert capsys.readouterr().out == stopped
    platform.item_store.close()
    code, said = run("catalogue", "load", source, "--collection", "many", "--processes", 1)
    assert (code, said.splitlines()[:3]) == (
        1,
        [
            "Going on behind line 1,000.",
            "This run: 999 registered, 1 refused.",
            "With what was done before: 1,998 registered, 2 refused",
        ],
    )
    assert said.splitlines()[3].startswith("  2 × id: ")


def test_what_is_refused_is_told_by_line(run, real_data, tmp_path):
    lines = (real_data / "stac" / "naip-1000.ndjson").read_bytes().splitlines()[:5]
    wrong = orjson.loads(lines[2])
    wrong["properties"]["datetime"] = "yesterday"
    lines[2] = orjson.dumps(wrong)
    source, report = tmp_path / "some.ndjson", tmp_path / "refused.ndjson"
    source.write_bytes(b"\n".join(lines))
    code, said = run("catalogue", "load", source, "--collection", "naip", "--report", report)
    assert code == 1
    assert said.startswith("4 registered, 1 refused")
    (told,) = map(orjson.loads, report.read_bytes().splitlines())
    assert (told["line"], told["member"]) == (3, "properties.datetime")


def test_a_product_becomes_an_item_that_can_be_asked_for(run, real_data):
    product = next((real_data / "swot").glob("SWOT_L2_HR_RiverSP_Reach_049*"))
    code, said = run("catalogue", "register", product, "--collection", "swot")
    assert (code, said.split()[0]) == (0, "registered")
    (item,) = items_of(run, "/api/collections/swot/items")
    assert item["id"] == product.stem
    assert run("catalogue", "register", product, "--collection", "swot")[1].split()[0] == "unchanged"
    assert run("catalogue", "register", __file__, "--collection", "swot")[0] == 1


def test_a_product_of_an_archive_is_registered_where_it_lies(run, real_data, tmp_path, monkeypatch):
    product = next((real_data / "swot").glob("SWOT_L2_HR_RiverSP_Reach_049*"))
    assert run("catalogue", "register", "--in-place", product, "--collection", "swot")[0] == 1
    root = tmp_path / "archive"
    root.mkdir()
    there = shutil.copy(product, root)
    archives = [{"name": "rivers", "root": str(root), "workspaces": ["public"]}]
    monkeypatch.setenv("THALWEG_ARCHIVES", orjson.dumps(archives).decode())
    code, said = run("catalogue", "register", "--in-place", there, "--collection", "swot")
    assert (code, said.split()[0]) == (0, "registered")
    (item,) = items_of(run, "/api/collections/swot/items")
    (asset,) = item["assets"].values()
    assert asset["href"].endswith(f"/workspaces/public/files/.archives/rivers/{product.name}")
    assert not list((tmp_path / "home" / "files").rglob("*.zip"))
    assert "rivers" in run("doctor")[1]
    root.rename(tmp_path / "away")
    assert (run("doctor")[0], "is no folder" in run("doctor")[1]) == (1, True)


def test_a_static_catalogue_is_crawled(run, real_data, tmp_path):
    item = orjson.loads((real_data / "stac" / "landsat-c2-l2-100.ndjson").read_bytes().splitlines()[0])
    collection = orjson.loads((real_data / "stac" / "collection-landsat-c2-l2.json").read_bytes())
    collection["links"] = [{"rel": "item", "href": "./item.json"}]
    catalog = {"type": "Catalog", "stac_version": "1.0.0", "id": "c", "description": "c"}
    catalog["links"] = [{"rel": "child", "href": "./collection.json"}]
    for name, document in (("catalog", catalog), ("collection", collection), ("item", item)):
        (tmp_path / f"{name}.json").write_bytes(orjson.dumps(document))
    code, said = run("catalogue", "crawl", tmp_path / "catalog.json")
    assert (code, said) == (0, "1 registered\n")
    assert [one["id"] for one in items_of(run, f"/api/collections/{collection['id']}/items")] == [item["id"]]


def test_a_store_that_nobody_speaks_is_refused_in_a_sentence(run):
    code, said = run("catalogue", "copy", "mysql://x/y", "sqlite:///z")
    assert code == 1
    assert "no Item store speaks mysql" in said


def test_a_copy_from_where_nothing_is_makes_nothing(run, tmp_path):
    (tmp_path / "other.sqlite").touch()
    for nowhere in (tmp_path / "none.sqlite", tmp_path / "other.sqlite", tmp_path):
        code, said = run("catalogue", "copy", f"sqlite:///{nowhere}", f"sqlite:///{tmp_path}/copy.sqlite")
        assert (code, said) == (1, f"Error: there is no store at sqlite:///{nowhere}\n")
    assert not (tmp_path / "none.sqlite").exists()
    assert not (tmp_path / "copy.sqlite").exists()
    code, said = run("catalogue", "copy", "home/items.sqlite", f"sqlite:///{tmp_path}/copy.sqlite")
    assert code == 1
    assert said.startswith("Error: SOURCE: an address is sqlite:///PATH")
    assert said.endswith("of this file: sqlite:///home/items.sqlite\n")


@pytest.mark.postgres
def test_a_copy_from_a_database_without_items_makes_none_there(run, emptied_url, tmp_path):
    code, said = run("catalogue", "copy", emptied_url, f"sqlite:///{tmp_path}/copy.sqlite")
    assert code == 1
    assert "there is no store at postgresql" in said
    with psycopg.connect(emptied_url) as connection:
        (schema,) = connection.execute("SELECT to_regnamespace('pgstac')").fetchone()
    assert schema is None


@pytest.mark.parametrize("command", ["catalogue stats", "catalogue check", "catalogue index naip state", "get /api"])
def test_who_only_reads_makes_no_platform(run, tmp_path, command):
    code, said = run(*command.split())
    assert (code, said.startswith(f"Error: there is no platform in {tmp_path}/home")) == (1, True)
    assert not (tmp_path / "home").exists()


def test_space_is_given_back_once_nobody_has_the_file_open(run, real_data, tmp_path):
    source = tmp_path / "some.ndjson"
    source.write_bytes(b"\n".join((real_data / "stac" / "naip-1000.ndjson").read_bytes().splitlines()[:5]))
    assert run("catalogue", "load", source, "--collection", "naip")[0] == 0
    items = tmp_path / "home" / "items.sqlite"
    other = apsw.Connection(str(items))
    for statement in ("CREATE TABLE much AS SELECT zeroblob(4000000)", "DROP TABLE much", "PRAGMA wal_checkpoint"):
        other.execute(statement).fetchall()
    assert re.search(r"4\.[0-9] MB are spare", run("catalogue", "stats")[1])
    code, said = run("catalogue", "compact")
    assert (code, "stop what serves and works" in said) == (0, True)
    assert items.stat().st_size > 4_000_000
    other.close()
    assert run("catalogue", "compact")[0] == 0
    assert items.stat().st_size < 1_000_000
    assert run("catalogue", "check")[0] == 0
