"""Files of a workspace through a running platform: ranges for machines, no page of ours for strangers."""

import httpx
import pytest


@pytest.fixture
def admin(platform):
    with platform.client() as client:
        yield client


@pytest.fixture
def anyone(platform):
    with platform.client(admin=False) as client:
        yield client


@pytest.fixture
def stored(admin):
    address = "/workspaces/admin/files/notes/water%20level.txt"
    admin.put(address, content=b"0123456789").raise_for_status()
    yield address
    admin.delete(address)


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-100", 206, b"56789", "bytes 5-9/10"),
        ("bytes=0-9", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_a_range_is_answered_as_rfc_9110_says(admin, stored, asked, status, body, content_range):
    answer = admin.get(stored, headers={"range": asked})
    assert (answer.status_code, answer.content, answer.headers.get("content-range")) == (status, body, content_range)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=20-30", "bytes=4-2", "bytes=-0"])
def test_a_range_outside_the_file_is_416(admin, stored, asked):
    assert admin.get(stored, headers={"range": asked}).status_code == 416


def test_head_tells_the_size_without_the_bytes(admin, stored):
    answer = admin.head(stored)
    assert (answer.headers["content-length"], answer.headers["accept-ranges"], answer.content) == ("10", "bytes", b"")


def test_who_holds_the_file_is_told_that_it_is_the_same(admin, stored):
    etag = admin.get(stored).headers["etag"]
    assert admin.get(stored, headers={"if-none-match": etag}).status_code == 304
    assert admin.get(stored, headers={"range": "bytes=0-1", "if-range": '"other"'}).content == b"0123456789"


def test_a_strangers_page_is_not_shown_as_ours(admin):
    address = "/workspaces/admin/files/evil.html"
    admin.put(address, content=b"<script>alert(1)</script>").raise_for_status()
    headers = admin.get(address).headers
    admin.delete(address)
    assert headers["content-disposition"] == "attachment"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_another_tenant_learns_nothing_of_a_file(anyone, stored):
    there, nowhere = anyone.get(stored), anyone.get("/workspaces/admin/files/none.txt")
    assert there.status_code == nowhere.status_code == 404
    assert there.json()["detail"] == nowhere.json()["detail"]
    assert anyone.put(stored, content=b"x").status_code == 404
    assert anyone.delete(stored).status_code == 404


def test_anyone_reads_what_is_public_and_writes_nothing(anyone):
    listed = anyone.get("/workspaces/demo/files").json()["files"]
    assert anyone.get(listed[0]["href"]).status_code == 200
    assert anyone.put("/workspaces/demo/files/x.txt", content=b"x").status_code == 401


@pytest.mark.parametrize("path", ["../demo/x", "%2e%2e/demo/x", "a/../../b", "/etc/passwd", "a%00b", "a%5Cb", "a//b"])
def test_a_path_that_leaves_its_workspace_is_refused(admin, platform, path):
    request = httpx.Request(
        "PUT", f"{platform.url}/workspaces/admin/files/{path}", content=b"x", headers=platform.headers
    )
    request.url = request.url.copy_with(raw_path=f"/workspaces/admin/files/{path}".encode())
    assert admin.send(request).status_code in (400, 404)


@pytest.mark.usefixtures("stored")
def test_files_are_listed_by_folder(admin):
    listed = admin.get("/workspaces/admin/files", params={"folder": "notes"}).json()["files"]
    assert [(one["path"], one["size"]) for one in listed] == [("notes/water level.txt", 10)]
    assert admin.get(listed[0]["href"]).content == b"0123456789"


def test_what_is_private_is_for_members_though_anyone_may_read_the_workspace(admin, anyone):
    address = "/workspaces/demo/files/.private/jobs/1/log.txt"
    admin.put(address, content=b"secret").raise_for_status()
    assert admin.get(address).content == b"secret"
    assert anyone.get(address).status_code == 404
    assert anyone.get("/workspaces/demo/files", params={"folder": ".private"}).status_code == 404
    assert all(not one["path"].startswith(".private") for one in anyone.get("/workspaces/demo/files").json()["files"])
    admin.delete(address)
