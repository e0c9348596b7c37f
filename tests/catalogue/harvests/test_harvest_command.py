"""What is harvested again and again, seen and run by the operator's command on a platform's own folder."""

import gc

import orjson
import pytest
from click.testing import CliRunner
from elsewhere import JSON

from thalweg.app.cli import main
from thalweg.app.compose import Platform
from thalweg.app.preparing import furnish
from thalweg.app.settings import Settings
from thalweg.catalogue.harvests.harvester import Order
from thalweg.identity.service import ADMIN


def listing(*names):
    features = [{"type": "Feature", "id": one, "geometry": None, "properties": {}} for one in names]
    return 200, JSON, orjson.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def platform(tmp_path, monkeypatch):
    monkeypatch.setenv("THALWEG_ALLOWED_HOSTS", '["127.0.0.1"]')
    monkeypatch.setenv("THALWEG_HOME", str(tmp_path / "home"))
    made = Platform(Settings(home=tmp_path / "home"))
    made.migrate()
    furnish(made)
    made.identity.admit_admin("a token of the tests")
    yield made
    made.item_store.close()
    made.control.dispose()


def run(*command):
    answered = CliRunner().invoke(main, ["catalogue", "harvests", *command], env={"COLUMNS": "200"})
    gc.collect()  # a process that ends has no file open
    return answered.exit_code, answered.output


def test_sources_are_listed_run_and_removed(platform, there):
    there.answers["/items"] = listing("a", "b")
    source, _ = platform.harvests.add(Order(f"{there.url}/items", "library"), "P1W", ADMIN, lambda *_: None)
    code, said = run()
    assert (code, source.id in said, "P1W" in said, "succeeded" in said) == (0, True, True, True)
    there.answers["/items"] = (500, JSON, b"")
    code, said = run(source.id, "--run")
    assert (code, "error: 127.0.0.1 did not give the document: it answered 500" in said) == (1, True)
    assert run(source.id, "--remove")[0] == 0
    assert platform.harvests.sources("library", ADMIN) == []
