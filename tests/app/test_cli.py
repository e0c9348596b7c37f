"""The command line as a person types it."""

import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def thalweg(platform):
    """Return a function that runs a command beside the running platform."""

    def run(*words, **settings):
        own = {"THALWEG_HOME": str(platform.home), **settings}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("THALWEG_")}
        command = [sys.executable, "-m", "thalweg.app.cli", *words]
        return subprocess.run(command, env={**kept, **own}, capture_output=True, text=True, timeout=120, check=False)

    return run


def test_help_teaches_by_examples(thalweg):
    said = thalweg("--help").stdout
    assert all(word in said for word in ("up --demo", "thalweg add scene.tif", "doctor"))


def test_get_answers_without_a_server(thalweg):
    answered = thalweg("get", "/api/collections")
    assert answered.returncode == 0
    assert [one["id"] for one in json.loads(answered.stdout)["collections"]] == ["demo.images"]


def test_get_asks_the_platform_that_is_named(thalweg, platform):
    answered = thalweg("get", "/auth/me", THALWEG_URL=platform.url, THALWEG_TOKEN=platform.admin_token)
    assert json.loads(answered.stdout)["id"] == "admin"


def test_what_is_ones_own_needs_no_token_on_the_platforms_own_machine(thalweg, platform):
    address = "/workspaces/admin/files/mine/notes.txt"
    with platform.client() as client:
        assert client.put(address, content=b"mine alone").status_code in {201, 204}
    for where in ({}, {"THALWEG_URL": platform.url}):
        answered = thalweg("get", address, **where)
        assert (answered.returncode, answered.stdout) == (0, "mine alone")
    refused = thalweg("get", address, "--token", "", THALWEG_URL=platform.url)
    assert refused.returncode == 1
    assert "mine alone" not in refused.stdout


def test_what_is_refused_ends_with_1(thalweg):
    assert thalweg("get", "/api/nothing").returncode == 1
    refused = thalweg("get", "api")
    assert (refused.returncode, refused.stderr) == (1, "Error: PATH: begins with a slash: /api/collections\n")


def test_add_needs_no_token_on_the_platforms_own_machine(thalweg, platform, real_data):
    scene = real_data / "landsat-7" / "olinda_dem_utm25s.tif"
    added = thalweg("add", str(scene), "--title", "Heights", THALWEG_URL=platform.url)
    assert added.returncode == 0, added.stderr
    item = added.stdout.split()[0]
    with platform.client() as client:
        collection, _, name = item.partition("/")
        address = f"/api/collections/{collection}/items/{name}"
        assert client.get(address).json()["properties"]["title"] == "Heights"
        assert client.delete(address).status_code == 204


def test_add_tells_why_not(thalweg, platform, tmp_path):
    (tmp_path / "scene.tif").write_text("no image")
    refused = thalweg("add", str(tmp_path / "scene.tif"), THALWEG_URL=platform.url)
    assert refused.returncode == 1
    assert "GeoTIFF" in refused.stderr


def test_the_doctor_finds_this_platform_well(thalweg):
    found = thalweg("doctor")
    assert found.returncode == 0, found.stdout
    for store in ("Control database", "Item store", "Object store"):
        (line,) = (line for line in found.stdout.splitlines() if store in line)
        assert line.startswith("well")
        assert "none yet" not in line


def test_the_doctor_says_which_store_does_not_answer(thalweg):
    found = thalweg("doctor", THALWEG_ITEMS="postgresql://nobody:secret@127.0.0.1:1/none")
    assert found.returncode == 1
    not_well = [line for line in found.stdout.splitlines() if line.startswith("not well")]
    assert len(not_well) == 1
    assert "Item store" in not_well[0]
    assert "THALWEG_ITEMS" in found.stdout
    assert "secret" not in found.stdout


def test_login_prints_a_new_link(thalweg):
    assert "/auth/login?token=" in thalweg("login", THALWEG_PORT="8123").stdout
