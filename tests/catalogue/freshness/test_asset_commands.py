"""``thalweg catalogue check-assets`` on a platform's own folder, and the threads beside the worker."""

import gc
import threading

import orjson
import pytest
from click.testing import CliRunner
from made_items import a_collection, an_item

from thalweg.app.cli import main
from thalweg.app.compose import Platform
from thalweg.app.freshening import CHECKING, alone, collections, keep_checking, keep_telling
from thalweg.app.preparing import furnish
from thalweg.app.settings import Settings
from thalweg.identity.service import ADMIN


@pytest.fixture
def platform(tmp_path):
    """Return a platform with a Collection of which one asset is there and one is not."""
    made = Platform(Settings(home=tmp_path / "home"))
    made.migrate()
    furnish(made)
    made.catalogue.register_collection(a_collection("images"), ADMIN)
    made.blobs.put("public/here.tif", [b"x"])
    for name in ("here", "gone"):
        assets = {"data": {"href": f"thalweg:/workspaces/public/files/{name}.tif"}}
        made.catalogue.register([an_item(name, "images", assets=assets)], ADMIN)
    yield made
    made.item_store.close()
    made.control.dispose()


@pytest.fixture
def run(platform, monkeypatch):
    monkeypatch.setenv("THALWEG_HOME", str(platform.settings.home))

    def run(*command):
        answered = CliRunner().invoke(main, [str(word) for word in command], env={"COLUMNS": "200"})
        gc.collect()  # a process that ends has no file open
        if answered.exception is not None and not isinstance(answered.exception, SystemExit):
            raise answered.exception
        return answered.exit_code, answered.output

    return run


def test_what_is_dead_is_said_and_written(run, tmp_path):
    code, said = run("catalogue", "check-assets", "images", "--report", tmp_path / "dead.ndjson")
    assert code == 1
    assert "2 Items of 2 looked at: 1 there, 1 dead, 0 unsure, 0 not looked at." in said
    assert "dead: images/gone data: there is no such file" in said
    (dead,) = [orjson.loads(line) for line in (tmp_path / "dead.ndjson").read_bytes().splitlines()]
    assert (dead["id"], dead["asset"], dead["status"]) == ("gone", "data", "dead")
    code, said = run("catalogue", "check-assets")
    assert (code, "Nothing was due" in said) == (0, True)
    assert run("catalogue", "check-assets", "images", "--again")[0] == 1
    _, health = run("get", "/api/collections/images/items/gone/health")
    assert orjson.loads(health)["assets"]["data"]["status"] == "dead"
    _, fresh = run("get", "/api/collections/images/freshness")
    assert orjson.loads(fresh)["assets"]["dead"] == 1


def test_a_collection_that_is_not_there_and_another_process_are_told(run, platform):
    assert run("catalogue", "check-assets", "nothing")[0] == 1
    with alone(platform, CHECKING) as held:
        assert held is not None
        code, said = run("catalogue", "check-assets", "images")
    assert (code, "Another process" in said) == (1, True)


def test_beside_the_worker_assets_are_looked_at_and_gaps_told(platform):
    stop = threading.Event()
    beside = [threading.Thread(target=keep, args=(platform, stop)) for keep in (keep_checking, keep_telling)]
    for thread in beside:
        thread.start()
    outbox = next(one for one in platform.outboxes if one.name == "control")
    seen = [0]
    while not any(one.event.kind == "asset.dead" for one in outbox.after(0)):
        assert outbox.wait(seen[0], 20), "an event within the time"
        seen[0] = outbox.last()
    stop.set()
    for thread in beside:
        thread.join()
    assert list(collections(platform)) == ["images"]
