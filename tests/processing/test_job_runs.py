"""Jobs from acceptance to their end, with real stores and real children."""

import json
import os
import sys
from pathlib import Path

import pytest
from house import ADA, ADMIN, BOB, House, Working, add_image, until

from thalweg.core.errors import InvalidParameter, ThalwegError, Unauthenticated
from thalweg.core.principals import ANYONE, EVERYTHING
from thalweg.processing.failures import JobFailed, NoSuchJob, NoSuchProcess, ResultNotReady
from thalweg.processing.jobs import JobQuery
from thalweg.processing.runners.orders import Bounds


@pytest.fixture
def house(tmp_path, sqlite_url):
    built = House(tmp_path, sqlite_url)
    built.found()
    return built


@pytest.fixture
def opened(house):
    everything = house.open()
    yield everything
    everything.engine.dispose()


def ended(opened, job):
    return until(lambda: (now := opened.jobs.job(job.id, EVERYTHING)).ended and now)


def texts(opened, job, who=ADA):
    return [line.text for line in opened.processing.logs(job.id, who)]


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def trouble(opened, kind, **more):
    return opened.processing.execute("trouble", {"kind": kind, **more}, ADA)


def test_a_job_runs_says_what_it_does_and_answers(house, opened):
    job = opened.processing.execute("echo", {}, ADA)
    assert (job.status, job.workspace, job.inputs) == ("accepted", "ada", {"text": "hello"})
    with pytest.raises(ResultNotReady):
        opened.processing.results(job.id, ADA)
    with Working(house, opened):
        done = ended(opened, job)
    assert (done.status, done.percent) == ("successful", 100)
    assert opened.processing.results(job.id, ADA) == {"item": None, "text": "hello"}
    assert texts(opened, job) == ["hello from the child", " 50% half way", "warned"]
    log = b"".join(opened.files.read("ada", f".private/jobs/{job.id}/log.txt", ADA))
    assert log == b"hello from the child\n 50% half way\nwarned\n"
    assert list((house.folder / "scratch").iterdir()) == []


def test_the_water_mask_of_olinda_becomes_an_item(house, opened, real_data):
    image = add_image(opened, ADA, real_data / "landsat-7" / "L7_ETMs.tif")
    job = opened.processing.execute("water-mask", {"image": image}, ADA)
    assert (job.bbox, job.title) == ((-34.92, -8.04, -34.82, -7.95), "Water mask: Olinda")
    with Working(house, opened):
        done = ended(opened, job)
    assert done.status == "successful", done.message
    values = opened.processing.results(job.id, ADA)
    assert values["water_area_km2"] == pytest.approx(16.32, abs=0.01)
    href = values["item"]["href"]
    item = json.loads(opened.catalogue.item("ada.results", href.rpartition("/")[2], ADA).body)
    properties = item["properties"]
    assert properties["thalweg:job"] == job.id
    assert (properties["thalweg:process"], properties["thalweg:process_version"]) == ("water-mask", "1.0.0")
    assert properties["thalweg:parameters"]["index"] == "auto"
    assert properties["thalweg:date_known"] is False
    derived = [link["href"] for link in item["links"] if link["rel"] == "derived_from"]
    assert derived == ["thalweg:/api/collections/ada.images/items/olinda"]
    mask = item["assets"]["mask"]["href"]
    assert mask == f"thalweg:/workspaces/ada/files/jobs/{job.id}/mask.tif"
    assert opened.files.facts("ada", f"jobs/{job.id}/mask.tif", ADA).size > 1000
    with pytest.raises(NoSuchJob):
        opened.processing.job(job.id, BOB)
    assert opened.processing.jobs(JobQuery(), BOB).found == ()


def test_where_no_water_is_separable_no_item_is_registered(house, opened, real_data):
    desert = real_data / "sentinel-2" / "S2A_29RKH_20200219_0_L2A" / "TCI.tif"
    bands = [("red", "red"), ("green", "green"), ("nir", "nir")]
    image = add_image(opened, ADA, desert, "desert", bands)
    job = opened.processing.execute("water-mask", {"image": image}, ADA)
    with Working(house, opened):
        assert ended(opened, job).status == "successful"
    values = opened.processing.results(job.id, ADA)
    assert (values["verdict"], values["item"], values["water_area_km2"]) == ("no separable water", None, None)


@pytest.mark.parametrize(
    ("process", "inputs", "who", "error", "parameter"),
    [
        ("nothing", {}, ADA, NoSuchProcess, None),
        ("echo", {}, ANYONE, Unauthenticated, None),
        ("echo", {"text": 3}, ADA, InvalidParameter, "inputs/text"),
        ("echo", {"other": 3}, ADA, InvalidParameter, "inputs/other"),
        ("trouble", {}, ADA, InvalidParameter, "inputs/kind"),
        ("water-mask", {"image": "ada.images/none"}, ADA, InvalidParameter, "inputs/image"),
        ("water-mask", {"image": "none"}, ADA, InvalidParameter, "inputs/image"),
        ("water-mask", {"image": "a/b", "threshold": 3}, ADA, InvalidParameter, "inputs/threshold"),
        ("water-mask", {"image": "a/b", "bands": {"green": 0}}, ADA, InvalidParameter, "inputs/bands/green"),
    ],
)
def test_what_is_wrong_is_refused_at_once_and_leaves_nothing(opened, process, inputs, who, error, parameter):
    with pytest.raises(error) as refused:
        opened.processing.execute(process, inputs, who)
    assert getattr(refused.value, "parameter", None) == parameter
    assert opened.jobs.jobs(JobQuery(), EVERYTHING).found == ()


def test_an_item_of_another_is_as_if_it_were_not_there(opened, real_data):
    image = add_image(opened, ADA, real_data / "landsat-7" / "L7_ETMs.tif")
    with pytest.raises(InvalidParameter, match="there is no Item") as refused:
        opened.processing.execute("water-mask", {"image": image}, BOB)
    assert refused.value.parameter == "inputs/image"
    assert opened.processing.execute(
        "water-mask", {"image": {"href": f"http://x/api/collections/{image.replace('/', '/items/')}"}}, ADA
    )


def test_bands_that_are_not_told_are_asked_for_before_anything_runs(opened, real_data):
    image = add_image(opened, ADA, real_data / "landsat-7" / "L7_ETMs.tif", bands=None)
    with pytest.raises(InvalidParameter, match="name it"):
        opened.processing.execute("water-mask", {"image": image}, ADA)
    assert opened.processing.execute("water-mask", {"image": image, "bands": {"green": 2, "nir": 4}}, ADA)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("segfault", "crashed"),
        ("exit", "exit code 3"),
        ("killed", "out of memory"),
        ("error", "ValueError: of this and that"),
        ("parameter", "inputs/kind: the data say otherwise"),
        ("nan", "no JSON"),
        ("object", "no JSON"),
    ],
)
def test_a_failure_has_a_reason_that_a_person_understands(house, opened, kind, reason):
    job = trouble(opened, kind)
    with Working(house, opened):
        done = ended(opened, job)
    assert (done.status, done.values) == ("failed", None)
    assert reason in done.message
    with pytest.raises(ThalwegError, match=reason.partition(": ")[2] or reason) as failed:
        opened.processing.results(job.id, ADA)
    assert isinstance(failed.value, InvalidParameter if kind == "parameter" else JobFailed)


@pytest.mark.parametrize(
    ("kind", "settings", "reason"),
    [
        ("memory", {"bounds": Bounds(memory=2 << 30)}, "more memory"),
        ("burn", {"bounds": Bounds(cpu=1)}, "processor time"),
        ("hang", {"wall_seconds": 1.0}, "longer than a Job may"),
    ],
)
def test_a_job_is_bounded(house, opened, kind, settings, reason):
    job = trouble(opened, kind)
    with Working(house, opened, **settings):
        done = ended(opened, job)
    assert done.status == "failed"
    assert reason in done.message


def test_a_chatty_job_keeps_its_beginning_and_its_end(house, opened):
    job = trouble(opened, "spam")
    with Working(house, opened):
        assert ended(opened, job).status == "successful"
    lines = [line for after in range(0, 6000, 1000) for line in opened.processing.logs(job.id, ADA, after)]
    assert len(lines) < 5300
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0].text == "line 0"
    assert any("lines left out" in line.text for line in lines)
    assert max(len(line.text) for line in lines) <= 2000


def test_a_stream_of_progress_is_thinned(house, opened):
    job = trouble(opened, "progress")
    with Working(house, opened):
        assert ended(opened, job).status == "successful"


def test_a_child_holds_nothing_of_the_platform(house, opened, monkeypatch):
    monkeypatch.setenv("THALWEG_ADMIN_TOKEN", "secret")
    job = trouble(opened, "report")
    with Working(house, opened):
        done = ended(opened, job)
    report = done.values
    loaded = {name.partition(".")[0] for name in report["modules"]}
    assert not loaded & {
        "apsw",
        "sqlalchemy",
        "alembic",
        "obstore",
        "starlette",
        "uvicorn",
        "psycopg",
        "httpx",
        "pytest",
    }
    assert {"rasterio", "cwltool", "numpy", "scipy"} <= loaded
    assert (report["threads"], report["kernel_threads"], report["group"]) == (1, 1, True)
    assert "THALWEG_ADMIN_TOKEN" not in report["environment"]
    assert not [name for name in report["files"] if "sqlite" in name or name.startswith("socket")]


def test_a_tool_that_outlives_its_child_is_ended_and_not_waited_for(house, opened):
    job = trouble(opened, "tool")
    with Working(house, opened):
        done = ended(opened, job)
        assert (done.status, done.values["text"]) == ("successful", "done")
        pids = [int(pid) for pid in texts(opened, job)[0].split()[1:]]
        until(lambda: not any(map(alive, pids)))


def hanging(opened, job):
    line = until(lambda: next((text for text in texts(opened, job) if text.startswith("pids")), None))
    pids = [int(pid) for pid in line.split()[1:]]
    assert all(map(alive, pids))
    return pids


def test_a_running_job_is_dismissed_with_all_its_processes(house, opened):
    job = trouble(opened, "hang")
    with Working(house, opened):
        pids = hanging(opened, job)
        assert opened.processing.dismiss(job.id, ADA).status == "dismissed"
        until(lambda: not any(map(alive, pids)), 10)
        until(lambda: list((house.folder / "scratch").iterdir()) == [])
    assert opened.processing.job(job.id, ADA).status == "dismissed"
    with pytest.raises(ResultNotReady):
        opened.processing.results(job.id, ADA)


def test_a_waiting_job_is_dismissed_and_an_ended_one_forgotten_while_its_result_stays(house, opened):
    waiting = opened.processing.execute("echo", {}, ADA)
    assert opened.processing.dismiss(waiting.id, ADA).status == "dismissed"
    job = opened.processing.execute("picture", {}, ADA)
    with Working(house, opened):
        assert ended(opened, job).status == "successful"
    assert opened.processing.job(waiting.id, ADA).status == "dismissed"
    assert texts(opened, waiting) == []
    item = opened.processing.results(job.id, ADA)["item"]["href"].rpartition("/")[2]
    with pytest.raises(NoSuchJob):
        opened.processing.dismiss(job.id, BOB)
    opened.processing.dismiss(job.id, ADA)
    with pytest.raises(NoSuchJob):
        opened.processing.job(job.id, ADA)
    assert opened.catalogue.item("ada.results", item, ADA)
    assert b"".join(opened.files.read("ada", f"jobs/{job.id}/picture one.txt", ADA)) == b"water"


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "made/none.txt", "made"])
def test_an_asset_that_leads_out_of_the_folder_is_not_staged_out(house, opened, name):
    job = opened.processing.execute("picture", {"name": name}, ADA)
    with Working(house, opened):
        done = ended(opened, job)
    assert done.status == "failed"
    assert [facts.path for facts in opened.files.listed("ada", ".private", "", 10, ADA)] == [
        f".private/jobs/{job.id}/log.txt"
    ]


def test_a_worker_that_is_asked_to_stop_gives_its_jobs_back(house, opened, tmp_path):
    job = trouble(opened, "wait", file=str(tmp_path / "go"))
    with Working(house, opened):
        until(lambda: "waiting" in texts(opened, job))
    back = opened.jobs.job(job.id, EVERYTHING)
    assert (back.status, back.tries) == ("accepted", 0)
    (tmp_path / "go").touch()
    with Working(house, opened):
        assert ended(opened, job).status == "successful"


def test_jobs_run_beside_each_other(house, opened, tmp_path):
    first = trouble(opened, "wait", file=str(tmp_path / "go"))
    second = opened.processing.execute("echo", {}, BOB)
    with Working(house, opened):
        assert ended(opened, second).status == "successful"
        assert opened.jobs.job(first.id, EVERYTHING).status == "running"
        (tmp_path / "go").touch()
        assert ended(opened, first).status == "successful"


def test_an_admin_runs_in_the_admin_s_own_workspace(house, opened):
    job = opened.processing.execute("picture", {}, ADMIN)
    with Working(house, opened):
        assert ended(opened, job).status == "successful"
    assert opened.catalogue.collection("admin.results", ADMIN)
    assert sys.modules.get("cwltool") is None
    assert os.getpid()
