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

MISSING = "thalweg:/workspaces/public/files/missing.tif"


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """Return a platform with a Collection of which one asset is there and one is not."""
    made = Platform(Settings(home=tmp_path_factory.mktemp("assets") / "home"))
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
        words = ["catalogue", "check-assets", *(str(word) for word in command)]
        answered = CliRunner().invoke(main, words, env={"COLUMNS": "200"})
        gc.collect()  # a process that ends has no file open
        if answered.exception is not None and not isinstance(answered.exception, SystemExit):
            raise answered.exception
        return answered.exit_code, answered.output

    return run


def test_what_is_dead_is_said_and_written_and_what_is_in_the_way_is_told(run, platform, tmp_path):
    code, said = run("images", "--report", tmp_path / "dead.ndjson")
    assert code == 1
    assert "2 Items of 2 looked at: 1 there, 1 dead, 0 unsure, 0 not looked at." in said
    assert "dead: images/gone data: there is no such file" in said
    (dead,) = [orjson.loads(line) for line in (tmp_path / "dead.ndjson").read_bytes().splitlines()]
    assert (dead["id"], dead["asset"], dead["status"]) == ("gone", "data", "dead")
    assert platform.freshnesses.tally("images", ADMIN).dead == 1
    code, said = run()
    assert (code, "Nothing was due" in said) == (0, True)
    assert run("nothing")[0] == 1
    with alone(platform, CHECKING) as held:
        assert held is not None
        code, said = run("images", "--again")
    assert (code, "Another process" in said) == (1, True)


def test_beside_the_worker_assets_are_looked_at_gaps_told_and_what_is_gone_is_let_go(platform, monkeypatch):
    monkeypatch.setattr("thalweg.app.freshening._GLANCE_SECONDS", 0.05)
    platform.catalogue.register_collection(a_collection("more"), ADMIN)
    for day in (*range(1, 12), *range(13, 29)):
        one = an_item(f"d{day}", "more", datetime=f"2024-05-{day:02}T00:00:00Z")
        platform.catalogue.register([{**one, "assets": {"data": {"href": MISSING}}}], ADMIN)
    stop, outbox = threading.Event(), next(one for one in platform.outboxes if one.name == "control")
    seen = outbox.last()

    def come(kind):
        nonlocal seen
        while not any(one.event.kind == kind for one in outbox.after(0)):
            assert outbox.wait(seen, 20), f"{kind} within the time"
            seen = outbox.last()

    beside = [threading.Thread(target=keep, args=(platform, stop)) for keep in (keep_checking, keep_telling)]
    for thread in beside:
        thread.start()
    try:
        come("asset.dead")
        platform.freshnesses.confirm("more", None, ADMIN)
        come("item.missing")
    finally:
        stop.set()
        for thread in beside:
            thread.join()
    assert list(collections(platform)) == ["images", "more"]
