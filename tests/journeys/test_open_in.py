"""Someone copies from a Record's page what opens it elsewhere, and runs it as it stands."""

import json
import re
import shlex
import subprocess
import sys
import time
from html import unescape

import pytest

ITEM = "/records/collections/demo.images/items/demo.images:olinda"
COLLECTION = "/records/collections/demo.resources/items/demo.images"
PROCESS = "/records/collections/resources/items/process:water-mask"
_COMMAND = re.compile(r"<summary>([^<]+)</summary><pre[^>]*><code>([^<]*)</code></pre>")


def page_of(client, where):
    """Return a page; Records follow what they tell of a moment after it is there."""
    deadline = time.monotonic() + 60
    while (answer := client.get(f"{where}?f=html")).status_code == 404 and time.monotonic() < deadline:
        pass
    return answer.raise_for_status().text


@pytest.fixture(scope="module")
def commands(platform):
    """Return what the pages of an Item, a Collection and a Process say, by address and program."""
    with platform.client(admin=False) as client:
        pages = {where: page_of(client, where) for where in (ITEM, COLLECTION, PROCESS)}
    return {where: {name: unescape(text) for name, text in _COMMAND.findall(page)} for where, page in pages.items()}


def test_what_python_is_told_runs(commands):
    program = "\n".join(commands[where]["Python"] for where in (ITEM, COLLECTION, PROCESS))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    item, image, collection, process = done.stdout.splitlines()
    assert item == "olinda ['data']"
    assert image.startswith("EPSG:31985 BoundingBox(")
    assert collection.startswith("olinda [")
    assert process == "Water mask"


@pytest.mark.parametrize("where", [ITEM, COLLECTION, PROCESS])
def test_what_curl_is_told_runs(commands, where, tmp_path):
    first, *files = commands[where]["curl"].splitlines()
    got = subprocess.run(["/bin/sh", "-c", f"{first} -s"], capture_output=True, check=True, timeout=60).stdout
    assert json.loads(got)["type"] == "Feature"
    for line in files:
        subprocess.run(["/bin/sh", "-c", f"{line} -s --fail"], cwd=tmp_path, check=True, timeout=60)
    assert len(list(tmp_path.iterdir())) == len(files)


def test_what_r_and_qgis_are_told_names_what_is_there(commands, platform):
    assert commands[PROCESS]["R"] == f'record <- jsonlite::fromJSON("{platform.url}{PROCESS}?f=json")'
    assert 'collections = "demo.images"' in commands[COLLECTION]["R"]
    assert re.search(r'image <- terra::rast\("/vsicurl/http://[^"]+\.tif"\)$', commands[ITEM]["R"])
    program, file = shlex.split(commands[ITEM]["QGIS"])
    assert program == "qgis"
    assert file.startswith(f"/vsicurl/{platform.url}/workspaces/demo/files/")
    assert "QGIS" not in commands[PROCESS]  # which lies nowhere
    assert commands[COLLECTION]["QGIS"].splitlines()[-1] == f"{platform.url}/api"
