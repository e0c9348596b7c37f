"""Application Packages: deployed from a file, run by cwltool, their catalogue staged out."""

import copy
import json
from pathlib import Path

import pytest
from house import ADA, ADMIN, House, Working, add_image, until

from thalweg.core.errors import Conflict, Forbidden, InvalidParameter, InvalidRequest, NotSupported, Unauthenticated
from thalweg.core.principals import ANYONE, EVERYTHING
from thalweg.processing.api.uploads import package_in
from thalweg.processing.failures import NoSuchProcess
from thalweg.processing.packages import described
from thalweg.processing.runners.checker import CwlChecker

EXAMPLE = Path(__file__).parents[2] / "examples" / "water-mask" / "water-mask.cwl"


@pytest.fixture(scope="module")
def package():
    return package_in(EXAMPLE.read_bytes())


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


def tool(document):
    return next(part for part in document["$graph"] if part["class"] == "CommandLineTool")


def flow(document):
    return next(part for part in document["$graph"] if part["class"] == "Workflow")


def changed(package, change):
    document = copy.deepcopy(package)
    change(document)
    return document


def ended(opened, job):
    return until(lambda: (now := opened.jobs.job(job.id, EVERYTHING)).ended and now)


def test_the_example_is_described_by_its_own_words(package):
    found = described(package)
    assert (found.id, found.version, found.title) == ("water-mask-cwl", "1.0.0", "Water mask (Application Package)")
    assert found.inputs["image"].is_item
    assert found.inputs["image"].required
    assert dict(found.inputs["index"].schema) == {
        "type": "string",
        "enum": ["auto", "ndwi", "mndwi"],
        "default": "auto",
    }
    assert not found.inputs["threshold"].required
    assert list(found.outputs)[:3] == ["item", "water_area_km2", "verdict"]


def test_the_package_gives_what_the_native_process_gives(house, opened, package, real_data):
    assert opened.processing.deploy(package, ADMIN).id == "water-mask-cwl"
    image = add_image(opened, ADA, real_data / "landsat-7" / "L7_ETMs.tif")
    native = opened.processing.execute("water-mask", {"image": image, "index": "ndwi"}, ADA)
    packaged = opened.processing.execute("water-mask-cwl", {"image": image, "index": "ndwi"}, ADA)
    with Working(house, opened):
        for job in (native, packaged):
            done = ended(opened, job)
            assert done.status == "successful", done.message
    ours, theirs = (opened.processing.results(job.id, ADA) for job in (native, packaged))
    assert theirs["water_area_km2"] == ours["water_area_km2"] == pytest.approx(16.06, abs=0.01)
    assert theirs["verdict"] == "water"
    items = [
        json.loads(opened.catalogue.item("ada.results", one["item"]["href"].rpartition("/")[2], ADA).body)
        for one in (ours, theirs)
    ]
    assert items[1]["properties"]["thalweg:process"] == "water-mask-cwl"
    assert items[1]["properties"]["thalweg:job"] == packaged.id
    masks = [b"".join(opened.files.read("ada", f"jobs/{job.id}/mask.tif", ADA)) for job in (native, packaged)]
    assert masks[0] == masks[1]
    log = [line.text for line in opened.processing.logs(packaged.id, ADA)]
    assert any("water_mask_tool" in text for text in log)
    assert not any(text.startswith("thalweg:progress") for text in log)


def test_a_package_that_finds_no_water_registers_nothing(house, opened, package, real_data):
    opened.processing.deploy(package, ADMIN)
    bands = [("red", "red"), ("green", "green"), ("nir", "nir")]
    desert = real_data / "sentinel-2" / "S2A_29RKH_20200219_0_L2A" / "TCI.tif"
    image = add_image(opened, ADA, desert, "desert", bands)
    job = opened.processing.execute("water-mask-cwl", {"image": image}, ADA)
    with Working(house, opened):
        assert ended(opened, job).status == "successful"
    values = opened.processing.results(job.id, ADA)
    assert (values["item"], values["verdict"], values["water_area_km2"]) == (None, "no separable water", None)


def test_a_tool_that_fails_says_so_and_its_words_are_in_the_log(house, opened, package, real_data):
    opened.processing.deploy(package, ADMIN)
    image = add_image(opened, ADA, real_data / "landsat-7" / "L7_ETMs.tif", bands=None)
    job = opened.processing.execute("water-mask-cwl", {"image": image}, ADA)
    with Working(house, opened):
        done = ended(opened, job)
    assert done.status == "failed"
    assert "a tool of the package failed" in done.message
    assert any("name it" in line.text for line in opened.processing.logs(job.id, ADA))


def test_who_may_deploy(opened, package):
    with pytest.raises(Unauthenticated):
        opened.processing.deploy(package, ANYONE)
    with pytest.raises(Forbidden, match="without a container"):
        opened.processing.deploy(package, ADA)
    opened.processing.deploy(package, ADMIN)
    with pytest.raises(Conflict):
        opened.processing.deploy(package, ADMIN)
    assert "water-mask-cwl" in [one.id for one in opened.processing.processes(ANYONE)]
    with pytest.raises(Forbidden):
        opened.processing.undeploy("water-mask-cwl", ADA)
    opened.processing.undeploy("water-mask-cwl", ADMIN)
    with pytest.raises(NoSuchProcess):
        opened.processing.process("water-mask-cwl", ADMIN)
    with pytest.raises(Forbidden, match="platform itself"):
        opened.processing.undeploy("water-mask", ADMIN)


def test_a_package_of_a_workspace_is_seen_by_its_members_only(opened, package):
    assert opened.processing.deploy(package, ADMIN, "ada").id == "ada.water-mask-cwl"
    assert opened.processing.process("ada.water-mask-cwl", ADA)
    with pytest.raises(NoSuchProcess):
        opened.processing.process("ada.water-mask-cwl", ANYONE)
    with pytest.raises(NoSuchProcess):
        opened.processing.execute("ada.water-mask-cwl", {}, ANYONE)


@pytest.mark.parametrize(
    ("change", "error", "what"),
    [
        (lambda d: d.pop("cwlVersion"), InvalidParameter, "cwlVersion"),
        (lambda d: d["$graph"].clear(), InvalidParameter, "Workflow"),
        (lambda d: flow(d).update(id="../x"), InvalidParameter, "id"),
        (lambda d: flow(d).update(id="other.thing"), InvalidParameter, "workspace"),
        (lambda d: flow(d)["steps"]["map"].update(run="http://127.0.0.1/x.cwl"), NotSupported, "one document"),
        (lambda d: flow(d)["steps"]["map"].update(run="/etc/passwd"), NotSupported, "one document"),
        (lambda d: tool(d).update({"$include": "/etc/passwd"}), NotSupported, "one document"),
        (lambda d: d.update({"$schemas": ["http://127.0.0.1/x"]}), NotSupported, "one document"),
        (lambda d: flow(d)["inputs"].update(more="File"), NotSupported, "staged in"),
    ],
)
def test_a_package_that_is_none_is_refused(package, change, error, what):
    with pytest.raises(error, match=what):
        described(changed(package, change))


def test_a_package_that_takes_a_native_s_id_is_refused(opened, package):
    with pytest.raises(Conflict):
        opened.processing.deploy(changed(package, lambda d: flow(d).update(id="water-mask")), ADMIN)


@pytest.mark.parametrize(
    ("change", "error", "what"),
    [
        (lambda d: tool(d).update(requirements={"DockerRequirement": {"dockerPull": "x"}}), NotSupported, "container"),
        (lambda d: tool(d).pop("baseCommand") and tool(d).update(inputs=3), InvalidParameter, "inputs"),
        (lambda d: flow(d)["steps"]["map"]["out"].append("more"), InvalidParameter, "more"),
    ],
)
def test_what_cannot_run_here_is_refused_before_it_is_deployed(opened, package, change, error, what):
    with pytest.raises(error, match=what):
        opened.processing.deploy(changed(package, change), ADMIN)
    with pytest.raises(NoSuchProcess):
        opened.processing.process("water-mask-cwl", ADMIN)


def test_javascript_without_node_is_refused(package, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("thalweg.processing.runners.checker.find_spec", lambda _: None)
    asked = changed(package, lambda d: tool(d).update(requirements=[{"class": "InlineJavascriptRequirement"}]))
    with pytest.raises(NotSupported, match="node"):
        CwlChecker().check(asked)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[1]", b"\xff\xfe", b"{", b"a: &x [1]\nb: *x", b"a: .nan", b"- " * 20000, b"!!python/object:os.system {}"],
)
def test_what_is_no_package_document_is_refused(raw):
    with pytest.raises(InvalidRequest):
        package_in(raw)


def test_a_wrapped_package_is_unwrapped(package):
    whole = {"processDescription": {"id": "x"}, "executionUnit": {"unit": package, "type": "application/cwl+json"}}
    assert package_in(json.dumps(whole).encode()) == package
    assert package_in(json.dumps({"executionUnit": [{"value": EXAMPLE.read_text()}]}).encode()) == package
    with pytest.raises(NotSupported):
        package_in(b'{"executionUnit": {"href": "http://127.0.0.1/package.cwl"}}')
