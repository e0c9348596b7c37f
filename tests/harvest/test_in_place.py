"""Products of an archive are registered where they lie, and read over HTTP by whoever may see the workspace."""

import shutil
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest
from people import ADA, EVE

from thalweg.app.compose import Platform
from thalweg.app.settings import Archive, Settings
from thalweg.core.errors import InvalidParameter
from thalweg.identity.service import ADMIN
from thalweg.identity.stores.sql import SqlStore
from thalweg.processing.staging import Staging

PRODUCT = "S2A_MSIL1C_20180101T105441_N0206_R051_T31TDH_20180101T124911"
SCENES = "lab.scenes"
ITEMS = f"/api/collections/{SCENES}/items"
WHERE = "/workspaces/lab/files/.archives/sentinel"

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def root(tmp_path, real_data):
    """Return an archive with one real product, and a secret beside it."""
    root = tmp_path / "archive"
    shutil.copytree(real_data / "safe" / PRODUCT, root / "2018" / PRODUCT, copy_function=shutil.copyfile)
    (tmp_path / "secret.jp2").write_bytes(b"of somebody else")
    return root


@pytest.fixture
def platform(tmp_path, root):
    """Return a platform on which two workspaces share the archive, and Ada is a member of the first."""
    archive = Archive(name="sentinel", root=root, workspaces=("lab", "sea"))
    made = Platform(Settings(home=tmp_path / "home", archives=(archive,)))
    made.migrate()
    for workspace in ("lab", "sea", "dry"):
        made.workspaces.ensure(workspace, workspace, "member", ADMIN)
    made.workspaces.put_member("lab", ADA.id, "member", ADMIN)
    return made


@pytest.fixture
def asked(platform):
    """Return clients of the platform: Ada's, Eve's, who is a member of nothing, nobody's and the administrator's."""
    wire = httpx.ASGITransport(platform.web())

    def client(who):
        headers = {}
        if who is not None:
            SqlStore(platform.control).put_principal(who, datetime.now(UTC))
            headers = {"authorization": f"Bearer {platform.identity.bearer_token(who, timedelta(hours=1))}"}
        return httpx.AsyncClient(transport=wire, base_url="http://eo.example", headers=headers)

    return {"ada": client(ADA), "eve": client(EVE), "nobody": client(None), "admin": client(ADMIN)}


@pytest.fixture
def in_place(platform, root):
    """Register paths below the root in place, and return what became of each."""

    def registered(*paths, collection=SCENES):
        found = platform.ingest.register_files([root / path for path in paths], collection, ADMIN, in_place=True)
        return list(found)

    return registered


@pytest.fixture
def band(in_place, platform):
    """Register the product, and return the asset of its one band that is there, as it is stored."""
    (outcome,) = in_place(f"2018/{PRODUCT}")
    assert (outcome.outcome, outcome.error) == ("registered", None)
    document = orjson.loads(platform.catalogue.item(SCENES, outcome.id, ADA).body)
    return document["id"], document["assets"]["coastal"]


async def test_a_product_stays_where_it_lies(band, asked, root, platform, in_place):
    item_id, stored = band
    (file,) = root.rglob("*_B01.jp2")
    inside = file.relative_to(root).as_posix()
    assert stored["href"] == f"thalweg:{WHERE}/{inside}"
    assert stored["file:size"] == file.stat().st_size
    assert platform.blobs.list() == []
    served = (await asked["ada"].get(f"{ITEMS}/{item_id}")).json()
    assert served["assets"]["coastal"]["href"] == f"http://eo.example{WHERE}/{inside}"
    assert str(root.parent) not in str(served)
    assert [one.outcome for one in in_place(f"2018/{PRODUCT}")] == ["unchanged"]


async def test_its_files_are_read_by_range_by_who_may_see_the_workspace(band, asked, root):
    content = next(root.rglob("*_B01.jp2")).read_bytes()
    path = band[1]["href"].removeprefix("thalweg:")
    whole = await asked["ada"].get(path)
    assert (whole.status_code, whole.content) == (200, content)
    assert whole.headers["content-type"] == "image/jp2"
    part = await asked["ada"].get(path, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(content)}"
    again = await asked["ada"].get(path, headers={"if-none-match": whole.headers["etag"]})
    assert again.status_code == 304
    for who in ("nobody", "eve"):
        assert (await asked[who].get(path)).status_code == 404
        assert (await asked[who].get(path, headers={"range": "bytes=0-1"})).status_code == 404
    for other in ("sea", "dry"):
        assert (await asked["ada"].get(path.replace("/lab/", f"/{other}/"))).status_code == 404


async def test_its_pictures_are_drawn_for_who_may_see_it(band, asked):
    address = f"{ITEMS}/{band[0]}"
    links = {one["rel"]: one["href"] for one in (await asked["ada"].get(address)).json()["links"]}
    picture = await asked["ada"].get(links["preview"], params={"width": 64})
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    tile = await asked["ada"].get(f"{address}/xyz/8/129/94.png")
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
    assert (await asked["nobody"].get(links["preview"])).status_code == 404


async def test_a_job_reads_it_where_it_lies(band, platform, root, tmp_path):
    staging = Staging(platform.catalogue, platform.catalogue, platform.files, remote=None)
    (tmp_path / "job").mkdir()
    found = staging._asset("inputs/scene", band[1], tmp_path / "job" / "0", ADA)
    assert found == next(root.rglob("*_B01.jp2"))
    with pytest.raises(InvalidParameter, match="may not be read"):
        staging._asset("inputs/scene", band[1], tmp_path / "job" / "1", EVE)


@pytest.mark.parametrize(
    "path",
    ["../secret.jp2", "%2e%2e/secret.jp2", "2018/..%2f..%2fsecret.jp2", "%2fetc%2fpasswd", "out.jp2",
     "above/secret.jp2", "2018", "", "later.jp2"],
)  # fmt: skip
async def test_nothing_but_its_files_is_read(asked, root, path):
    (root / "out.jp2").symlink_to("../secret.jp2")
    (root / "above").symlink_to("..", target_is_directory=True)
    answer = await asked["ada"].get(
        httpx.URL(f"http://eo.example{WHERE}/").copy_with(raw_path=f"{WHERE}/{path}".encode())
    )
    assert answer.status_code in (400, 404), answer.text
    assert b"somebody" not in answer.content
    assert str(root.parent) not in answer.text


async def test_nothing_is_written_there(asked, band, root):
    path = band[1]["href"].removeprefix("thalweg:")
    before = sorted(root.rglob("*"))
    for ask in (
        asked["ada"].put(path, content=b"x"),
        asked["ada"].put(f"{WHERE}/new", content=b"x"),
        asked["ada"].delete(path),
    ):
        assert (await ask).status_code == 403
    assert (await asked["nobody"].delete(path)).status_code == 404
    assert sorted(root.rglob("*")) == before


async def test_without_its_root_the_item_stays_and_its_files_are_not_there(band, asked, root):
    path = band[1]["href"].removeprefix("thalweg:")
    root.rename(root.with_name("away"))
    assert (await asked["ada"].get(f"{ITEMS}/{band[0]}")).status_code == 200
    assert (await asked["ada"].get(path)).status_code == 404
    assert (await asked["ada"].get(f"{ITEMS}/{band[0]}/preview.png")).status_code == 404
    root.with_name("away").rename(root)
    assert (await asked["ada"].get(path)).status_code == 200


def test_what_lies_elsewhere_is_refused(in_place, root, tmp_path):
    shutil.copytree(root / "2018" / PRODUCT, tmp_path / PRODUCT)
    (root / "linked").mkdir()
    (root / "linked" / PRODUCT).symlink_to(tmp_path / PRODUCT, target_is_directory=True)
    shutil.make_archive(str(root / PRODUCT), "zip", root / "2018", PRODUCT)
    outside, linked, packed = in_place(tmp_path / PRODUCT, f"linked/{PRODUCT}", f"{PRODUCT}.zip")
    for one in (outside, linked):
        assert one.outcome == "refused"
        assert "lies in no archive of the workspace lab" in str(one.error)
    assert "unpack" in str(packed.error)


def test_a_workspace_without_an_archive_registers_nothing_in_place(in_place):
    with pytest.raises(InvalidParameter, match="may use no archive"):
        in_place(f"2018/{PRODUCT}", collection="dry.scenes")


async def test_the_administrator_registers_by_name_over_http(asked, root):
    (root / "out").symlink_to("..", target_is_directory=True)
    said = {"name": f"sentinel/2018/{PRODUCT}", "collection": SCENES, "in_place": "true"}

    async def sent(who="admin", workspace="lab", **changed):
        return await asked[who].post(f"/workspaces/{workspace}/register", params=said | changed)

    for who, status in (("ada", 403), ("eve", 404), ("nobody", 404)):
        assert (await sent(who)).status_code == status
    for name in ("sentinel/2019", "other/2018", "sentinel", "sentinel/out/secret.jp2", "sentinel/../secret.jp2"):
        refused = await sent(name=name)
        assert refused.status_code in (400, 404), name
        assert str(root.parent) not in refused.text
    assert (await sent(workspace="dry", collection="dry.scenes")).status_code == 404
    answer = await sent()
    assert (answer.status_code, answer.json()["items"][0]["outcome"]) == (201, "registered")
    item = (await asked["ada"].get(answer.headers["location"])).json()
    assert item["assets"]["coastal"]["href"].startswith(f"http://eo.example{WHERE}/2018/")
