"""``serve`` and ``work`` apart, on the same stores: a Job accepted by the one is run by the other."""

import contextlib
import os
import socket
import subprocess
import sys
import time

import apsw
import httpx
import pytest

from thalweg.sdk import Platform

TOKEN = "a-token-of-sixteen-or-more"


@pytest.fixture
def apart(tmp_path, control_url):
    """Start two web servers and a worker by hand, as an operator does on three machines."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("THALWEG_")},
        "THALWEG_HOME": str(tmp_path / "home"),
        "THALWEG_DATABASE": control_url,
        "THALWEG_ADMIN_TOKEN": TOKEN,
    }
    ports = [_free_port(), _free_port()]
    commands = [["serve", "--quiet", "--port", str(port)] for port in ports] + [["work", "--quiet"]]
    subprocess.run([*_THALWEG, "prepare", "--demo"], env=environment, check=True, capture_output=True, timeout=120)
    programs = [subprocess.Popen([*_THALWEG, *command], env=environment) for command in commands]
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    for url in urls:
        _until_healthy(url)
    yield urls
    for program in programs:
        program.terminate()
    for program in programs:
        assert program.wait(30) is not None


_THALWEG = (sys.executable, "-m", "thalweg.app.cli")


def test_a_job_accepted_by_one_is_run_by_another_and_seen_by_a_third(apart):
    with Platform(apart[0], TOKEN) as accepting, Platform(apart[1], TOKEN) as looking:
        job = accepting.execute("water-mask", image=next(accepting.search()))
        seen = looking.job(job.id).wait(120)
        assert 15.5 < seen.results()["water_area_km2"] < 17
        assert seen.item().collection_id == "admin.results"


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _until_healthy(url):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


@pytest.fixture
def serve(tmp_path):
    """Start one web server on a folder where nothing was made ready; give what it says first and its process."""
    started = []

    def start(token, port=0):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("THALWEG_")}
        environment = {**kept, "THALWEG_HOME": str(tmp_path / "home"), "THALWEG_ADMIN_TOKEN": token}
        command = [*_THALWEG, "serve", "--port", str(port)]
        piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        program = subprocess.Popen(command, env=environment, **piped)
        started.append(program)
        return program.stdout.readline(), program

    yield start
    for program in started:
        program.terminate()
        program.communicate(timeout=30)


def test_a_server_alone_says_where_it_answers_and_takes_the_token_of_the_settings(serve, tmp_path):
    said, _ = serve(TOKEN)
    assert said.startswith("Thalweg answers at http://127.0.0.1:")
    url = said.split()[3].rstrip(";")
    _until_healthy(url)
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        assert client.get("/auth/me").json()["id"] == "admin"
        assert {"public", "admin"} <= {one["id"] for one in client.get("/workspaces").json()["workspaces"]}
    before = _tokens(tmp_path)
    said, _ = serve(TOKEN)
    assert said.startswith("Thalweg answers at ")
    assert _tokens(tmp_path) == before
    said, second = serve(TOKEN, port=int(url.rpartition(":")[2]))
    assert (said, second.wait(30)) == ("", 1)
    _, told = second.communicate()
    assert "is taken; try: thalweg serve --port" in told
    assert "Traceback" not in told


def _tokens(folder):
    """Return the tokens there are, which a server that starts beside others leaves as they are."""
    with contextlib.closing(apsw.Connection(str(folder / "home" / "control.sqlite"))) as control:
        return control.execute("SELECT digest, created FROM token ORDER BY digest").fetchall()


def test_a_token_that_is_no_secret_is_refused_by_a_server_too(serve):
    said, program = serve("short")
    assert (said, program.wait(30)) == ("", 1)
    assert "16 characters" in program.stderr.read()
