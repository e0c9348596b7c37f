"""OGC API Processes over HTTP, through the ASGI transport, with a real worker behind it."""

import json

import anyio
import httpx
import openapi_spec_validator
import pytest
from house import ADA, ADMIN, PEOPLE, House, Working, add_image, until
from test_packages import EXAMPLE

from thalweg.core.principals import ANYONE
from thalweg.processing.api.documents import landing_links
from thalweg.processing.api.jobs import Jobs
from thalweg.processing.api.processes import Processes
from thalweg.web.application import Application
from thalweg.web.roots import Root
from thalweg.web.site import Site

EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/"
JSON = {"content-type": "application/json"}


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


class Asking:
    """Asks the application as a person, from a thread that is not its own."""

    def __init__(self, application):
        self._application = application

    def __call__(self, method, path, who=ADA, **more):
        async def ask():
            transport = httpx.ASGITransport(self._application, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://eo.example") as client:
                headers = {"x-who": who.id, **more.pop("headers", {})}
                return await client.request(method, path, headers=headers, timeout=100, **more)

        return anyio.run(ask)


@pytest.fixture
def ask(opened):
    site = Site(authenticate=lambda _, headers: PEOPLE.get(headers.get("x-who"), ANYONE))
    faces = [Processes(opened.processing, sync_seconds=30), Jobs(opened.processing)]
    roots = [
        Root("/api", "API", "All.", faces, "0", links=(landing_links,)),
        Root("/workspaces/{workspace}", "Workspace", "One.", faces, "0"),
    ]
    return Asking(Application([route for root in roots for route in root.routes(site)]))


def execute(ask, process, inputs, who=ADA, prefer="respond-async", **more):
    body = {"inputs": inputs, **more}
    return ask("POST", f"/api/processes/{process}/execution", who, json=body, headers={"prefer": prefer})


def ended(ask, location, who=ADA):
    path = location.removeprefix("http://eo.example")
    over = ("successful", "failed", "dismissed")
    return until(lambda: (now := ask("GET", path, who).json())["status"] in over and now)


def test_the_root_declares_what_it_keeps_and_its_openapi_is_valid(ask):
    landing = ask("GET", "/api/").json()
    kept = {uri.rpartition("/")[2] for uri in landing["conformsTo"] if "ogcapi-processes-1" in uri}
    assert kept == {"core", "ogc-process-description", "json", "oas30", "job-list", "dismiss"}
    assert {"processes", "job-list"} <= {link["rel"].rpartition("/")[2] for link in landing["links"]}
    for version in ("3.0", "3.1"):
        openapi_spec_validator.validate(ask("GET", f"/api/openapi?f={version}").json())


def test_processes_are_listed_paged_and_described(ask):
    listed = ask("GET", "/api/processes", ANYONE).json()
    assert [one["id"] for one in listed["processes"]] == ["echo", "picture", "trouble", "water-mask"]
    first = ask("GET", "/api/processes?limit=3", ANYONE).json()
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    assert [one["id"] for one in ask("GET", following, ANYONE).json()["processes"]] == ["water-mask"]
    described = ask("GET", "/api/processes/water-mask", ANYONE).json()
    assert described["inputs"]["image"]["schema"] == {"type": "string", "format": "stac-item"}
    assert described["inputs"]["image"]["minOccurs"] == 1
    assert described["inputs"]["index"]["schema"]["default"] == "auto"
    assert described["jobControlOptions"] == ["sync-execute", "async-execute", "dismiss"]
    assert any(link["rel"].endswith("/execute") for link in described["links"])


def test_an_asynchronous_execution_is_followed_to_its_result(ask, house, opened, real_data):
    image = add_image(opened, ADA, real_data / "landsat-7" / "L7_ETMs.tif")
    accepted = execute(ask, "water-mask", {"image": image})
    assert accepted.status_code == 201
    assert accepted.headers["preference-applied"] == "respond-async"
    job = accepted.json()
    assert accepted.headers["location"] == f"http://eo.example/api/jobs/{job['jobID']}"
    assert (job["status"], job["processID"], job["type"], job["progress"]) == ("accepted", "water-mask", "process", 0)
    assert job["thalweg:bbox"] == [-34.92, -8.04, -34.82, -7.95]
    early = ask("GET", f"/api/jobs/{job['jobID']}/results")
    assert (early.status_code, early.json()["type"]) == (404, EXCEPTIONS + "result-not-ready")
    with Working(house, opened):
        done = ended(ask, accepted.headers["location"])
    assert (done["status"], done["progress"]) == ("successful", 100)
    assert done["created"] <= done["started"] <= done["finished"]
    link = next(link["href"] for link in done["links"] if link["rel"].endswith("/results"))
    values = ask("GET", link).json()
    assert values["water_area_km2"] == pytest.approx(16.32, abs=0.01)
    assert values["item"]["href"].startswith("http://eo.example/api/collections/ada.results/items/olinda-water-")
    assert values["item"]["type"] == "application/geo+json"


def test_a_synchronous_execution_answers_at_once_or_goes_on_as_a_job(ask, house, opened, tmp_path):
    with Working(house, opened):
        answer = execute(ask, "echo", {"text": "hi"}, prefer="wait=10")
        assert (answer.status_code, answer.json()) == (200, {"item": None, "text": "hi"})
        assert 'rel="monitor"' in answer.headers["link"]
        assert execute(ask, "echo", {"text": "hi"}, prefer="", response="raw", outputs={"text": {}}).json() == "hi"
        wrong = execute(ask, "trouble", {"kind": "parameter"}, prefer="")
        assert (wrong.status_code, wrong.json()["parameter"]) == (400, "inputs/kind")
        assert execute(ask, "trouble", {"kind": "segfault"}, prefer="").status_code == 500
        impatient = Processes(opened.processing, sync_seconds=0.1)
        alone = Asking(
            Application(Root("/api", "API", "All.", [impatient], "0").routes(Site(authenticate=lambda *_: ADA)))
        )
        waiting = execute(alone, "trouble", {"kind": "wait", "file": str(tmp_path / "go")}, prefer="")
        assert waiting.status_code == 201
        (tmp_path / "go").touch()
        assert ended(ask, waiting.headers["location"])["status"] == "successful"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/processes/none", "no-such-process"),
        ("/api/jobs/none", "no-such-job"),
        ("/api/jobs/none/results", "no-such-job"),
        ("/api/jobs/none/logs", "no-such-job"),
    ],
)
def test_what_is_not_there_has_the_standard_s_own_type(ask, path, kind):
    answer = ask("GET", path)
    assert (answer.status_code, answer.json()["type"]) == (404, EXCEPTIONS + kind)


@pytest.mark.parametrize(
    ("body", "status", "parameter"),
    [
        ({"inputs": {"text": 3}}, 400, "inputs/text"),
        ({"inputs": {"none": 3}}, 400, "inputs/none"),
        ({"inputs": []}, 400, "inputs"),
        ({"inputs": {}, "outputs": {"none": {}}}, 400, "outputs/none"),
        ({"inputs": {}, "more": 1}, 400, "more"),
        ({"inputs": {}, "response": "xml"}, 400, "response"),
        ({"inputs": {}, "subscriber": {"successUri": "http://127.0.0.1/"}}, 501, None),
        ({"inputs": {"text": "x" * 300_000}}, 413, None),
        ({"inputs": {"text": "x" * 1_100_000}}, 413, None),
    ],
)
def test_a_wrong_execution_names_its_parameter_and_leaves_no_job(ask, body, status, parameter):
    answer = ask("POST", "/api/processes/echo/execution", json=body)
    assert (answer.status_code, answer.json().get("parameter")) == (status, parameter)
    assert answer.headers["content-type"] == "application/problem+json"
    assert ask("GET", "/api/jobs").json()["jobs"] == []


def test_an_execution_of_nothing_and_of_nobody(ask):
    missing = execute(ask, "none", {})
    assert (missing.status_code, missing.json()["type"]) == (404, EXCEPTIONS + "no-such-process")
    assert execute(ask, "echo", {}, ANYONE).status_code == 401
    assert ask("POST", "/api/processes/echo/execution", content=b"{", headers=JSON).status_code == 400


def test_jobs_are_listed_narrowed_and_paged_for_those_who_may_see_them(ask):
    ids = [
        execute(ask, process, {"kind": "x"} if process == "trouble" else {}).json()["jobID"]
        for process in ("echo", "trouble", "echo")
    ][::-1]
    assert [one["jobID"] for one in ask("GET", "/api/jobs").json()["jobs"]] == ids
    first = ask("GET", "/api/jobs?limit=2&status=accepted").json()
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")
    assert "status=accepted" in following
    second = ask("GET", following).json()
    assert [one["jobID"] for page in (first, second) for one in page["jobs"]] == ids
    assert len(ask("GET", "/api/jobs?processID=trouble,none&type=process").json()["jobs"]) == 1
    assert ask("GET", "/api/jobs?datetime=../2001-01-01T00:00:00Z").json()["jobs"] == []
    assert ask("GET", "/api/jobs?minDuration=5").json()["jobs"] == []
    for wrong in ("status=none", "limit=0", "limit=x", "minDuration=-1", "datetime=x", "more=1"):
        assert ask("GET", f"/api/jobs?{wrong}").json()["parameter"] == wrong.partition("=")[0]
    assert ask("GET", "/api/jobs", PEOPLE["bob"]).json()["jobs"] == []
    assert ask("GET", f"/api/jobs/{ids[0]}", PEOPLE["bob"]).status_code == 404
    assert len(ask("GET", "/workspaces/ada/jobs").json()["jobs"]) == 3
    assert ask("GET", f"/workspaces/bob/jobs/{ids[0]}").status_code == 404


def test_logs_are_read_from_where_one_was(ask, house, opened):
    job = execute(ask, "echo", {}).json()["jobID"]
    with Working(house, opened):
        ended(ask, f"/api/jobs/{job}")
    lines = ask("GET", f"/api/jobs/{job}/logs").json()["lines"]
    assert [(line["seq"], line["text"]) for line in lines] == [
        (1, "hello from the child"),
        (2, " 50% half way"),
        (3, "warned"),
    ]
    assert [line["seq"] for line in ask("GET", f"/api/jobs/{job}/logs?after=1").json()["lines"]] == [2, 3]


def test_a_job_is_dismissed_over_http(ask):
    job = execute(ask, "echo", {}).json()["jobID"]
    assert ask("DELETE", f"/api/jobs/{job}", PEOPLE["bob"]).status_code == 404
    assert ask("DELETE", f"/api/jobs/{job}").json()["status"] == "dismissed"
    assert ask("GET", f"/api/jobs/{job}").json()["status"] == "dismissed"
    assert ask("DELETE", f"/api/jobs/{job}").json()["status"] == "dismissed"
    assert ask("GET", f"/api/jobs/{job}").status_code == 404


def test_too_many_jobs_are_asked_to_come_again(ask):
    answers = [execute(ask, "echo", {}) for _ in range(21)]
    assert [one.status_code for one in answers] == [201] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_package_is_deployed_described_and_removed_over_http(ask):
    raw, yaml = EXAMPLE.read_bytes(), {"content-type": "application/cwl+yaml"}
    assert ask("POST", "/api/processes", ANYONE, content=raw, headers=yaml).status_code == 401
    assert ask("POST", "/api/processes", ADA, content=raw, headers=yaml).status_code == 403
    deployed = ask("POST", "/api/processes", ADMIN, content=raw, headers=yaml)
    assert (deployed.status_code, deployed.json()["id"]) == (201, "water-mask-cwl")
    assert ask("GET", deployed.headers["location"], ANYONE).json() == deployed.json()
    assert ask("POST", "/api/processes", ADMIN, content=raw, headers=yaml).status_code == 409
    assert ask("POST", "/api/processes", ADMIN, content=b"x" * 1_100_000, headers=yaml).status_code == 413
    assert ask("POST", "/api/processes", ADMIN, content=raw, headers={"content-type": "text/html"}).status_code == 415
    wrapped = json.dumps({"executionUnit": {"href": "http://169.254.169.254/"}})
    assert ask("POST", "/api/processes", ADMIN, content=wrapped, headers=JSON).status_code == 501
    assert ask("DELETE", "/api/processes/water-mask-cwl", ADA).status_code == 403
    assert ask("DELETE", "/api/processes/water-mask-cwl", ADMIN).status_code == 204
    assert ask("GET", "/api/processes/water-mask-cwl", ADMIN).status_code == 404
    assert ask("DELETE", "/api/processes/water-mask", ADMIN).status_code == 403


def verdicts(ask, path="/api"):
    told = ask("GET", f"{path}/conformance?verify").json()["verified"]
    return {one["uri"].rpartition("/")[2]: one["verdict"] for one in told if "ogcapi-processes" in one["uri"]}


def test_what_is_declared_of_processes_is_proved_without_executing_any(ask, opened):
    names = ("core", "ogc-process-description", "json", "oas30", "job-list", "dismiss")
    assert verdicts(ask) == dict.fromkeys(names, "passed")
    assert ask("GET", "/api/jobs").json()["jobs"] == []
    root = Root("/api", "Half", "No Jobs.", [Processes(opened.processing)], "0")
    half = verdicts(Asking(Application(root.routes(Site()))))
    assert half == {"core": "failed", "oas30": "failed", "json": "failed", "ogc-process-description": "passed"}
