"""What another tenant may not see is as if it were not there."""

import logging
import re

import httpx
import pytest
from promises import collection, item

from thalweg.app.compose import Platform
from thalweg.app.serving import without_query
from thalweg.app.settings import read_settings
from thalweg.core.principals import Principal
from thalweg.identity.service import ADMIN

PICTURES = ("", "/tilejson.json", "/preview.png", "/thumbnail.jpg", "/xyz/0/0/0.png", "/map/tiles")


@pytest.fixture(scope="module")
def hidden(ben):
    """Return the address of an Item that only ben may see."""
    address = f"/api/collections/{ben.images}/items"
    added = ben.client.post(address, json=item(ben.images, "hidden"))
    assert added.status_code in (201, 409)
    return f"{address}/hidden"


def _told(answer, *names):
    said = answer.text
    for name in names:
        said = said.replace(name, "NAME")
    return answer.status_code, said


def _heard(client, last):
    """Return what happened from the beginning, as a client is told it, up to what it knows to come last."""
    heard = ""
    with client.stream("GET", "/events", headers={"last-event-id": "beginning"}) as stream:
        for part in stream.iter_text():
            heard += part
            if last in heard:
                break
    return heard


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_an_item_of_another_is_answered_like_none(ben, eve, hidden, picture, method):
    headers = {"if-none-match": "*"} if method == "GET" else {}
    body = {} if method in ("PUT", "PATCH") else None
    there = eve.client.request(method, hidden + picture, headers=headers, json=body)
    none = eve.client.request(method, hidden.replace("hidden", "nothing") + picture, headers=headers, json=body)
    assert there.status_code in (404, 405)
    assert _told(there, "hidden") == _told(none, "nothing")
    assert ben.client.get(hidden).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/workspaces/{}"),
        ("GET", "/workspaces/{}/files"),
        ("GET", "/workspaces/{}/files/x"),
        ("PUT", "/workspaces/{}/files/x"),
        ("DELETE", "/workspaces/{}/files/x"),
        ("POST", "/workspaces/{}/add?name=x.tif"),
        ("PUT", "/workspaces/{}/members/eve"),
        ("GET", "/api/collections/{}.images"),
        ("GET", "/api/collections/{}.images/items"),
        ("POST", "/api/collections/{}.images/items"),
    ],
)
def test_a_workspace_of_another_is_answered_like_none(ben, eve, method, path):
    body = {} if method in ("PUT", "POST") else None
    there = eve.client.request(method, path.format(ben.id), json=body)
    none = eve.client.request(method, path.format("nobodys"), json=body)
    assert there.status_code == 404
    assert _told(there, ben.id) == _told(none, "nobodys")


@pytest.mark.usefixtures("hidden")
def test_no_list_no_search_and_no_event_tells_of_another(ben, eve):
    listed = [
        eve.client.get("/api/search?bbox=-180,-90,180,90&limit=1000"),
        eve.client.get("/api/search?ids=hidden"),
        eve.client.post("/api/search", json={"collections": [ben.images]}),
        eve.client.get("/api/collections?limit=1000"),
        eve.client.get("/workspaces"),
        eve.client.get("/api/jobs"),
    ]
    assert all(answer.status_code == 200 for answer in listed)
    assert ben.images not in "".join(
        re.findall(r'"(?:id|collection|workspace)":"[^"]*"', " ".join(a.text for a in listed))
    )
    own = eve.client.post(f"/api/collections/{eve.images}/items", json=item(eve.images, "heard-last"))
    assert own.status_code == 201
    assert ben.id not in _heard(eve.client, "heard-last")


@pytest.mark.parametrize("process", ["water-mask"])
def test_a_job_of_another_is_answered_like_none(ben, eve, process):
    asked = {"inputs": {"image": "demo.images/olinda"}}
    started = ben.client.post(f"/api/processes/{process}/execution", json=asked, headers={"prefer": "respond-async"})
    job = started.json()["jobID"]
    for below in ("", "/results", "/logs"):
        there, none = eve.client.get(f"/api/jobs/{job}{below}"), eve.client.get(f"/api/jobs/nothing{below}")
        assert there.status_code == 404
        assert _told(there, job) == _told(none, "nothing")
    assert eve.client.delete(f"/api/jobs/{job}").status_code == 404
    assert ben.client.delete(f"/api/jobs/{job}").status_code == 200


@pytest.mark.usefixtures("hidden")
def test_an_item_of_another_is_no_input(ben, eve):
    refused = [
        eve.client.post("/api/processes/water-mask/execution", json={"inputs": {"image": f"{ben.images}/{name}"}})
        for name in ("hidden", "nothing")
    ]
    assert [answer.status_code for answer in refused] == [400, 400]
    assert _told(refused[0], "hidden") == _told(refused[1], "nothing")


@pytest.mark.parametrize(
    "name", ["demo.x", "Demo.x", "public", "swot", "admin.x", "..", ".x", "b\u0435n.x", "ben\uff0ex", "x/../demo"]
)
def test_no_collection_is_registered_where_one_may_not_write(ben, name):
    assert ben.client.post("/api/collections", json=collection(name)).status_code in (400, 403, 404)


@pytest.mark.parametrize(
    "href",
    [
        "thalweg:/workspaces/demo/files/x.tif",
        "thalweg:/workspaces/BEN/files/../../demo/files/x.tif",
        "thalweg:/workspaces/BEN/files/%2e%2e/%2e%2e/demo/files/x.tif",
        "thalweg:/workspaces/BEN/files/%252e%252e/x.tif",
        "THALWEG:/workspaces/demo/files/x.tif",
        "file:///etc/passwd",
        "/vsicurl/http://127.0.0.1/x.tif",
        "javascript:alert(1)",
        "http://2130706433/x",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost./",
        "http://169.254.169.254/",
        "http://a@127.0.0.1/",
        "http://\u2460\u2461\u2466.0.0.1/",
    ],
)
def test_no_asset_leads_inside_or_to_another(ben, href):
    asset = {"href": href.replace("BEN", ben.id), "type": "image/tiff"}
    sent = ben.client.post(
        f"/api/collections/{ben.images}/items", json=item(ben.images, "leading", assets={"data": asset})
    )
    assert sent.status_code == 400


def test_nobody_in_particular_is_no_member(ben, anyone):
    refused = ben.client.put(f"/workspaces/{ben.id}/members/anyone", json={"role": "member"})
    assert (refused.status_code, refused.json()["parameter"]) == (400, "principal")
    assert anyone.get(f"/workspaces/{ben.id}/files").status_code == 404


def test_who_is_no_member_changes_nothing_by_leaving(tenant, anyone, platform):
    quiet = tenant("quiet")
    with platform.client() as admin:
        assert anyone.delete("/workspaces/demo/members/anyone").status_code == 204
        assert quiet.client.delete(f"/workspaces/demo/members/{quiet.id}").status_code == 204
        made = admin.post("/workspaces", json={"id": f"{quiet.id}-last"})
        assert made.status_code == 201
        assert '"kind":"removed","subject":"demo"' not in _heard(admin, f"{quiet.id}-last")


def test_a_home_whose_name_is_taken_stays_one(tenant, platform):
    squatter = tenant("squatter")
    name = f"late-{squatter.id}"
    assert squatter.client.post("/workspaces", json={"id": name}).status_code == 201
    spaces = Platform(read_settings(home=platform.home)).workspaces
    homes = {spaces.personal(Principal(name)).id for _ in range(3)}
    assert homes == {f"{name}-2"}


def test_a_cookie_alone_changes_nothing(platform):
    login = Platform(read_settings(home=platform.home)).identity.login_token(ADMIN)
    with httpx.Client(base_url=platform.url) as browser:
        assert browser.get(f"/auth/login?token={login}").status_code == 303
        assert browser.get("/auth/me").json()["id"] == "admin"
        for headers in (
            {"content-type": "text/plain"},
            {"origin": "http://evil.example"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site", "origin": platform.url},
        ):
            assert browser.post("/workspaces", content='{"id":"stolen"}', headers=headers).status_code == 403
        session = browser.cookies["thalweg-session"]
        assert browser.post("/auth/logout", headers={"origin": platform.url}).status_code == 204
        assert browser.get("/auth/login", params={"token": login}).status_code == 401
        again = browser.get("/auth/me", headers={"cookie": f"thalweg-session={session}"})
        assert again.json()["anonymous"] is True


def test_the_access_log_keeps_no_query():
    said = ("127.0.0.1:1", "GET", "/auth/login?token=secret", "1.1", 303)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', said, None)
    assert without_query(record)
    assert record.getMessage() == '127.0.0.1:1 - "GET /auth/login HTTP/1.1" 303'


def test_what_a_stranger_stored_is_no_page(ben, anyone):
    address = f"/workspaces/{ben.id}/files/page.html"
    assert ben.client.put(address, content=b"<script>alert(1)</script>").status_code == 201
    shown = ben.client.get(address)
    assert shown.headers["content-disposition"] == "attachment"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    page = anyone.get("/")
    if page.status_code == 200:
        assert "script-src 'self';" in page.headers["content-security-policy"]
