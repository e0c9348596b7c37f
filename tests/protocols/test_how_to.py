"""What the guides say can be typed as it stands on the demo, and finds something."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from running import Running

pytestmark = pytest.mark.peers
GUIDES = Path(__file__).resolve().parents[2] / "docs" / "how-to"
PAGES = (
    "find-anything",
    "go-back-in-time",
    "ask-by-opensearch",
    "ask-by-sru",
    "ask-by-csw",
    "know-what-is-missing",
    "search",
)
ELSEWHERE = "*elsewhere.example*|*federated*|*distributedSearch*"
"""What only an operator's own settings, or other hosts, answer."""
# A request that is refused ends the page, as does a search that finds nothing.
CURL = f"""
curl() {{
  case "$*" in {ELSEWHERE}) return 0;; esac
  command curl -sS --fail-with-body "$@" | tee answer || return 1
  echo
  ! grep -qE '"numberMatched": ?0|totalResults[>":]+0[<,]|numberOfRecords>0<' answer
}}
set -eo pipefail
"""
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def platform(real_data, tmp_path_factory):
    """Return a platform with the demo, the Collection that the guide to what is missing speaks of, and a snapshot."""
    running = Running(tmp_path_factory.mktemp("guides") / "home").start()
    items = real_data / "stac" / "sentinel-2-l2a-pc-100.ndjson"
    for name in ("demo.sentinel-2", "sentinel-2-l2a"):
        load = [sys.executable, "-m", "thalweg.app.cli", "catalogue", "load", items, "--collection", name]
        subprocess.run(load, env={**os.environ, "THALWEG_HOME": str(running.home)}, check=True, capture_output=True)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def snapshot(platform):
    asked = {"title": "Olinda", "in": "demo", "search": {"collections": ["demo.images"]}}
    with platform.client() as client:
        return client.post("/api/snapshots", json=asked).raise_for_status().json()["id"]


@pytest.mark.parametrize("page", PAGES)
def test_a_guide_can_be_typed_as_it_stands(platform, snapshot, page, tmp_path):
    fenced = FENCED.findall((GUIDES / f"{page}.md").read_text(encoding="utf-8"))
    blocks = [block for language, block in fenced if language in ("", "sh")]
    typed = "\n".join([CURL, *blocks]).replace("http://127.0.0.1:8000", platform.url)
    typed = re.sub(r"(?<=[/ ])ID\b", snapshot, typed)
    bound = Path(sys.executable).parent
    own = {"TOKEN": platform.admin_token, "T": platform.admin_token, "THALWEG_HOME": str(platform.home)}
    environment = {**os.environ, **own, "PATH": f"{bound}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash"], input=typed, text=True, capture_output=True, cwd=tmp_path, env=environment, check=False
    )
    assert "curl" in typed
    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
