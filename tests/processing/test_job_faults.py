"""kill -9 of child, worker, fork server, at every step of a Job: it ends once, and nothing is left over."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from house import ADA, House, Working, add_image, until
from sqlalchemy import update
from worker_program import POINTS

from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery
from thalweg.processing.jobs import JobQuery
from thalweg.processing.stores.rows import now
from thalweg.processing.tables import JOB
from thalweg.sql.engines import writing
from thalweg.sql.outbox import SqlOutbox

# ruff: noqa: ARG001 - control_url is asked for so that a test runs on each database
PROGRAM = Path(__file__).with_name("worker_program.py")


@pytest.fixture
def house(tmp_path, request):
    """Return a house on SQLite, or on each database where a test asks for that."""
    each = "control_url" in request.fixturenames
    built = House(tmp_path, request.getfixturevalue("control_url" if each else "sqlite_url"))
    built.found()
    return built


@pytest.fixture
def opened(house):
    everything = house.open()
    yield everything
    everything.engine.dispose()


@pytest.fixture
def program(house):
    started = []

    def start(point="never"):
        environment = {**os.environ, "PYTHONPATH": str(PROGRAM.parent)}
        command = [sys.executable, PROGRAM, house.folder, house.control_url, point]
        started.append(subprocess.Popen(command, env=environment, cwd=house.folder))
        return started[-1]

    yield start
    for one in started:
        one.send_signal(signal.SIGTERM) if one.poll() is None else None
    for one in started:
        one.wait(60)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ended(opened, job):
    return until(lambda: (now := opened.jobs.job(job.id, EVERYTHING)).ended and now, 90)


def finished_events(opened, job):
    log = SqlOutbox(opened.engine, "control").after(0, 10_000)
    return [one.event.data["status"] for one in log if one.event.kind == "job.finished" and one.event.subject == job.id]


def lease_runs_out(opened):
    """Free what a dead worker held; that time does so too is waited for where a worker is only stopped."""
    with writing(opened.engine) as connection:
        held = JOB.c.status == "running"
        connection.execute(update(JOB).where(held).values(lease_until=now(connection) - timedelta(seconds=1)))


def processes_below(folder):
    """Return the processes whose working folder lies below: children, guards and tools of its Jobs."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                here = str((entry / "cwd").readlink())
            except OSError:
                continue
            if here.startswith(str(folder)) and alive(entry.name):
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_point_leaves_one_result_and_no_process(house, opened, program, real_data, point):
    image = add_image(opened, ADA, real_data / "landsat-7" / "L7_ETMs.tif")
    job = opened.processing.execute("water-mask", {"image": image}, ADA)
    assert program(point).wait(90) == -signal.SIGKILL
    until(lambda: not processes_below(house.folder / "scratch"), 10)
    lease_runs_out(opened)
    with Working(house, opened):
        done = ended(opened, job)
    assert done.status == "successful", done.message
    assert done.attempt == (1 if point == "closed" else 2)
    assert finished_events(opened, job) == ["successful"]
    items = opened.catalogue.search(ItemQuery(collections=("ada.results",)), ADA).found
    assert [json.loads(item.body)["properties"]["thalweg:job"] for item in items] == [job.id]
    files = [facts.path.rpartition("/")[2] for facts in opened.files.listed("ada", "jobs", "", 10, ADA)]
    assert sorted(files) == ["mask.tif", "water.geojson"]
    assert not processes_below(house.folder / "scratch")
    assert list((house.folder / "scratch").iterdir()) == []


def pids_told(opened, job):
    """Return the processes that each attempt of a hanging Job told of."""
    lines = [line.text.split() for line in opened.processing.logs(job.id, ADA)]
    return [[int(pid) for pid in words[1:]] for words in lines if words[0] == "pids"]


def hanging(opened, job):
    pids = until(lambda: pids_told(opened, job))[0]
    assert all(map(alive, pids))
    return pids


def test_no_child_outlives_a_killed_worker_and_the_job_is_given_up_with_its_reason(house, opened, program, control_url):
    job = opened.processing.execute("trouble", {"kind": "hang"}, ADA)
    for attempt in (1, 2):
        worker = program()
        until(lambda wanted=attempt: opened.jobs.job(job.id, EVERYTHING).attempt == wanted)
        until(lambda wanted=attempt: len(pids_told(opened, job)) == wanted)
        pids = pids_told(opened, job)[-1]
        assert all(map(alive, pids))
        worker.kill()
        worker.wait()
        until(lambda: not any(map(alive, pids)), 10)  # noqa: B023 - called at once
        until(lambda: not processes_below(house.folder / "scratch"), 10)
        lease_runs_out(opened)
    other = opened.processing.execute("echo", {}, ADA)
    with Working(house, opened):
        done = ended(opened, job)
        assert ended(opened, other).status == "successful"
    assert done.status == "failed"
    assert "worker died 2 times" in done.message
    assert finished_events(opened, job) == ["failed"]


def test_a_killed_child_is_told_apart_and_its_tool_ends_with_it(opened, program):
    job = opened.processing.execute("trouble", {"kind": "hang"}, ADA)
    program()
    child, tool = hanging(opened, job)
    os.kill(child, signal.SIGKILL)
    done = ended(opened, job)
    assert done.status == "failed"
    assert "out of memory" in done.message
    until(lambda: not alive(tool), 10)


def test_a_killed_fork_server_ends_the_attempt_and_not_the_worker(opened, program):
    job = opened.processing.execute("trouble", {"kind": "hang"}, ADA)
    worker = program()
    child, tool = hanging(opened, job)
    server = int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
    assert server != worker.pid
    os.kill(server, signal.SIGKILL)
    assert ended(opened, job).status == "failed"
    until(lambda: not alive(child) and not alive(tool), 10)
    again = opened.processing.execute("echo", {}, ADA)
    assert ended(opened, again).status == "successful"
    assert worker.poll() is None


def test_a_worker_that_is_stopped_for_longer_than_its_lease_does_no_harm(house, opened, program, tmp_path, control_url):
    go = tmp_path / "go"
    job = opened.processing.execute("trouble", {"kind": "wait", "file": str(go)}, ADA)
    late = program()
    until(lambda: opened.processing.logs(job.id, ADA))
    late.send_signal(signal.SIGSTOP)
    with Working(house, opened):
        until(lambda: opened.jobs.job(job.id, EVERYTHING).attempt == 2)
        until(lambda: len(opened.processing.logs(job.id, ADA)) == 2)
        late.send_signal(signal.SIGCONT)
        go.touch()
        done = ended(opened, job)
    assert (done.status, done.attempt) == ("successful", 2)
    late.send_signal(signal.SIGTERM)
    assert late.wait(60) == 0
    assert finished_events(opened, job) == ["successful"]
    assert opened.jobs.job(job.id, EVERYTHING).updated == done.updated


def test_two_workers_race_and_no_job_runs_twice(opened, program, tmp_path, control_url):
    marks = tmp_path / "marks"
    marks.mkdir()
    jobs = []
    for number in range(16):
        (folder := marks / str(number)).mkdir()
        jobs.append(opened.processing.execute("trouble", {"kind": "count", "file": str(folder)}, ADA))
    program()
    program()
    for job in jobs:
        assert ended(opened, job).status == "successful"
    assert [len((marks / str(n) / "ran").read_text().splitlines()) for n in range(16)] == [1] * 16
    assert {job.attempt for job in opened.jobs.jobs(JobQuery(limit=100), EVERYTHING).found} == {1}
