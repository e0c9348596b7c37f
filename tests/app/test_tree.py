"""The process tree as a person, and a crash, find it."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from running import Running, gone
from thalweg.app.settings import Settings
from thalweg.app.tree import greet


@pytest.fixture
def running(tmp_path):
    one = Running(tmp_path / "home", demo=False).start()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def healing(tmp_path_factory):
    """Return a platform whose parts may be killed, for the platform starts them again."""
    one = Running(tmp_path_factory.mktemp("healing") / "home", demo=False).start()
    yield one
    one.stop()


def test_it_greets_with_the_address_a_login_link_and_three_things_to_try(platform):
    assert "Thalweg is up." in platform.said
    assert "/auth/login?token=" in platform.said
    assert all(f"  {number}. " in platform.said for number in (1, 2, 3))
    assert "find the water in the image." in platform.said


@pytest.mark.parametrize(
    ("started", "told"), [(".venv/bin/thalweg", ".venv/bin/thalweg add"), ("/usr/bin/thalweg", "3. thalweg add")]
)
def test_what_is_to_be_tried_is_found_as_the_program_was(monkeypatch, tmp_path, started, told):
    monkeypatch.setattr("sys.argv", [started, "up"])
    said = []
    greet(Settings(home=tmp_path), "http://eo.example", {"login": "x", "token": None, "image": None}, said.append)
    assert told in "".join(said)


def test_the_login_link_opens_once(healing):
    assert "1. Open the sign-in link.\n" in healing.said  # there is no image to find water in
    with httpx.Client(base_url=healing.url) as browser:
        assert browser.head(healing.login_url).status_code == 200
        opened = browser.get(healing.login_url)
        assert opened.status_code == 303
        assert browser.get("/auth/me").json()["id"] == "admin"
    assert httpx.get(healing.login_url).status_code == 401


def test_asked_to_stop_it_leaves_no_process_and_each_database_in_one_file(running):
    tree = _whole(running)
    running.stop()
    assert gone(tree)
    assert {one.name for one in running.home.glob("*.sqlite*")} == {"control.sqlite", "items.sqlite"}


def test_killed_it_leaves_no_process(running):
    tree = _whole(running)
    running.kill()
    assert gone(tree)


@pytest.mark.parametrize("role", ["serve", "work"])
def test_a_killed_part_is_started_again(healing, role):
    part = _part_other_than(healing, role, None)
    os.kill(part, signal.SIGKILL)
    assert _part_other_than(healing, role, part)
    with healing.client() as client:
        assert _until_ok(client)


def _part_other_than(running, role, known):
    """Wait until there is such a part; the greeting waits for the web alone."""
    deadline = time.monotonic() + 60
    while (found := running.part(role)) in (None, known):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_a_second_platform_on_the_same_folder_is_refused(platform):
    second = _up("--home", str(platform.home), "--port", "0")
    assert second.returncode == 1
    assert "another platform" in second.stderr


def test_a_taken_port_is_told_with_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = _up("--home", str(tmp_path / "home"), "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 1
    assert "is taken" in refused.stderr
    assert "--port" in refused.stderr


def test_a_second_start_keeps_everything(tmp_path):
    first = Running(tmp_path / "home").start()
    before = httpx.get(f"{first.url}/api/search").json()["features"]
    first.stop()
    second = Running(tmp_path / "home", admin_token=first.admin_token).start()
    after = httpx.get(f"{second.url}/api/search").json()["features"]
    second.stop()
    assert [one["id"] for one in before] == [one["id"] for one in after]
    assert len(before) == 1


def _up(*arguments, environment=None):
    command = [sys.executable, "-m", "thalweg.app.cli", "up", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def _whole(running):
    """Return the tree once its worker has started children of its own."""
    deadline = time.monotonic() + 60
    while len(tree := running.tree()) < 5:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return tree


def _until_ok(client):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            return client.get("/health").status_code == 200
        except httpx.TransportError:
            time.sleep(0.05)
    return False


def test_a_store_that_is_not_there_is_told_at_once(tmp_path):
    environment = {**os.environ, "THALWEG_DATABASE": "postgresql://nobody@127.0.0.1:1/none"}
    refused = _up("--home", str(tmp_path / "home"), "--port", "0", environment=environment)
    assert refused.returncode == 1
    assert "could not be prepared" in refused.stderr
