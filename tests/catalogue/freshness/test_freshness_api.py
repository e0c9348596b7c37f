"""Freshness over HTTP: reports, gaps and rules, for whoever may see or administer a Collection."""

import re
from datetime import UTC, datetime

import httpx
import pytest
from callers import ALICE, AS_ALICE, AS_BOB, BOB
from freshness_stores import on_both
from lxml import etree
from made_items import a_collection, an_item, new

from thalweg.catalogue.api.freshness.face import FreshnessFace
from thalweg.catalogue.api.item_links import RasterLinks
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.api.stac import faces
from thalweg.catalogue.freshness.assets import AssetState, Health, written_states
from thalweg.catalogue.freshness.ports import Walk
from thalweg.catalogue.freshness.sweeping import Sweeping
from thalweg.catalogue.freshness.telling import Telling
from thalweg.core.principals import ANYONE
from thalweg.sql.outbox import SqlOutbox
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import Root
from thalweg.web.site import Site

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("landsat")]
AT = "/api/collections/demo.landsat/freshness"
ATOM = "{http://www.w3.org/2005/Atom}"


def authenticate(method, headers):  # noqa: ARG001 - keeps the promise
    return {None: ANYONE, "Bearer alice": ALICE, "Bearer bob": BOB}[headers.get("authorization")]


@pytest.fixture
def client(catalogue, freshnesses, states):
    def told(collection, item_id):
        health = states.health(collection, item_id)
        return {} if health is None else written_states(health.assets)

    serving = Serving(catalogue, Sealer(b"a secret of the tests"), RasterLinks([]), health=told)
    mounted = [*faces(serving), FreshnessFace(serving, lambda: freshnesses)]
    site = Site(authenticate=authenticate)
    roots = [Root(prefix, "T", "T", mounted, "1") for prefix in ("/api", "/workspaces/{workspace}/api")]
    application = Application([route for root in roots for route in root.routes(site)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://eo.example")


@pytest.fixture
def landsat(catalogue, documents):
    """Register the Landsat scenes of two paths in a workspace that anyone may read."""
    catalogue.register_collection(a_collection("demo.landsat"), ALICE)
    catalogue.register([_plain(one, "demo.landsat") for one in documents("landsat-c2-l2-100")], ALICE)


def _plain(document, collection):
    kept = ("datetime", "platform", "created", "landsat:wrs_path", "landsat:wrs_row")
    properties = {name: document["properties"][name] for name in kept}
    return an_item(document["id"], collection, properties=properties)


@on_both
async def test_a_collection_tells_what_is_expected_present_and_missing(client):
    answer = await client.get(AT)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["items"], found["expected"], found["present"], found["missing"]) == (100, 102, 99, 3)
    assert found["rule"]["state"] == "inferred"
    assert found["rule"]["rule"]["step_days"] == 8
    assert found["counted"] == "the Items that you may see"
    assert found["completeness"] == round(99 / 102, 4)
    assert found["by_key"]["landsat:wrs_path"]["033"] == {"expected": 51, "present": 48}
    assert found["by_month"]["2024-06"]["expected"] - found["by_month"]["2024-06"]["present"] == 1
    assert found["newest"]["id"] == "LC08_L2SP_033032_20241127_02_T1"
    assert found["lag_days"]["created"]["p50"] == pytest.approx(8.65, abs=0.1)
    assert found["lag_days"]["registered"]["items"] == 100
    assert found["overdue"]["is"] is False
    assert found["overdue"]["due"].startswith("2024-12-04T17:43")
    assert {link["rel"] for link in found["links"]} >= {"self", "collection", "gaps", "rule", "dead-assets"}
    for link in found["links"]:
        assert (await client.get(link["href"])).status_code == 200, link


async def test_a_collection_links_to_its_freshness(client):
    collection = (await client.get("/api/collections/demo.landsat")).json()
    hrefs = [link["href"] for link in collection["links"] if link["rel"] == "freshness"]
    assert hrefs == [f"http://eo.example{AT}"]


async def test_an_item_leads_to_how_its_assets_are_and_its_page_says_since_when_one_is_dead(client, states, catalogue):
    path = "/api/collections/demo.landsat/items/LC08_L2SP_033032_20241127_02_T1"
    answer = await client.get(path)
    (href,) = [one["href"] for one in answer.json()["links"] if one["rel"] == "asset-health"]
    assert (await client.get(f"{path}?crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84")).json() == answer.json()
    assert (await client.get(href)).json()["checked"] is None
    assert "Nobody has looked yet" in (await client.get(f"{path}?f=html")).text
    at = datetime(2024, 12, 1, tzinfo=UTC)
    found = {"data": AssetState("dead", at, datetime(2024, 12, 8, tzinfo=UTC), 404, "it is gone")}
    states.put("demo.landsat", 1, {path.rpartition("/")[2]: Health(1, "demo/anyone", at, found)}, [], [])
    health = (await client.get(href)).json()
    assert (health["assets"]["data"]["status"], health["assets"]["data"]["since"]) == ("dead", "2024-12-01T00:00:00Z")
    page = (await client.get(f"{path}?f=html")).text
    assert "dead since 2024-12-01 00:00" in page
    assert "it is gone" in page
    (listed,) = (await client.get(f"{AT}/dead-assets")).json()["items"]
    assert listed["assets"]["data"]["code"] == 404
    assert f'{path}?f=html">' in (await client.get(f"{AT}/dead-assets?f=html")).text
    shown = answer.json()
    assert (await client.put(path, json=shown, headers=AS_ALICE)).status_code in (200, 204)
    kept = catalogue.item("demo.landsat", shown["id"], ALICE).body
    assert b"asset-health" not in kept, "what the platform adds is not taken for the writer's"


@on_both
async def test_gaps_are_told_newest_first_by_page_key_and_time(client):
    found = (await client.get(f"{AT}/gaps")).json()
    assert found["number_matched"] == 3
    newest = found["gaps"][0]
    assert newest["key"] == {"landsat:wrs_path": "033", "landsat:wrs_row": "032"}
    assert [gap["expected"][:10] for gap in found["gaps"]] == ["2024-09-08", "2024-07-06", "2024-06-04"]
    pages, url = [], f"{AT}/gaps?limit=1"
    while url:
        page = (await client.get(url)).json()
        pages += page["gaps"]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert pages == found["gaps"]
    assert (await client.get(f"{AT}/gaps?key=034")).json()["gaps"] == []
    assert len((await client.get(f"{AT}/gaps?key=033/032")).json()["gaps"]) == 3
    june = (await client.get(f"{AT}/gaps?datetime=2024-06-01T00:00:00Z/2024-06-30T00:00:00Z")).json()
    assert [gap["expected"][:10] for gap in june["gaps"]] == ["2024-06-04"]


async def test_the_feed_of_gaps_has_entries_whose_ids_lead_to_them(client):
    answer = await client.get(f"{AT}/gaps?f=atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    assert feed.findtext(f"{ATOM}id") == f"http://eo.example{AT}/gaps"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 3
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    for entry in entries:
        alone = (await client.get(entry.findtext(f"{ATOM}id"))).json()
        assert alone["number_matched"] == 1
    none = etree.fromstring((await client.get(f"{AT}/gaps?f=atom&key=034")).content)
    assert none.findtext(f"{ATOM}updated")


UNANSWERED = [
    (f"{AT}/gaps?token=abc", 400, "token"),
    (f"{AT}/gaps?limit=0", 400, "limit"),
    (f"{AT}/gaps?datetime=June", 400, "datetime"),
    (f"{AT}/gaps?keys=033", 400, "keys"),
    (f"{AT}/dead-assets?token=abc", 400, "token"),
    ("/api/collections/demo.nothing/freshness", 404, None),
    ("/api/collections/demo.nothing/freshness/gaps", 404, None),
    ("/api/collections/demo.landsat/items/nothing/health", 404, None),
    ("/workspaces/alice/api/collections/demo.landsat/freshness", 404, None),
]


async def test_what_cannot_be_answered_is_told_so(client):
    for path, status, parameter in UNANSWERED:
        answer = await client.get(path)
        assert (answer.status_code, answer.json().get("parameter")) == (status, parameter), path


async def test_pages_for_people_draw_what_is_missing(client):
    page = (await client.get(f"{AT}?f=html")).text
    assert page.count('class="gap"') >= 3
    assert "97.1 % of what is expected is here" in page
    assert "033/032" in page
    gaps = (await client.get(f"{AT}/gaps?f=html")).text
    assert "3 missing" in gaps
    assert "2024-09-08" in gaps


async def test_an_owner_confirms_edits_refuses_and_forgets_a_rule(client, control):
    inferred = await client.get(f"{AT}/rule")
    confirmed = await client.put(f"{AT}/rule", json={}, headers={**AS_ALICE, "if-match": inferred.headers["etag"]})
    assert confirmed.status_code == 200
    assert confirmed.json()["state"] == "confirmed"
    assert (confirmed.json()["said_by"], confirmed.json()["version"]) == ("alice", 1)
    edited = {**confirmed.json()["rule"], "until": "2024-08-01T00:00:00Z"}
    late = await client.put(
        f"{AT}/rule", json={"rule": edited}, headers={**AS_ALICE, "if-match": inferred.headers["etag"]}
    )
    assert late.status_code == 412
    assert (await client.put(f"{AT}/rule", json={"rule": edited}, headers=AS_ALICE)).json()["rule"] == edited
    assert (await client.get(AT)).json()["missing"] == 2
    refused = await client.put(f"{AT}/rule", json={"state": "refused"}, headers=AS_ALICE)
    assert refused.json()["state"] == "refused"
    assert "expected" not in (await client.get(AT)).json()
    assert (await client.get(f"{AT}/gaps")).json()["gaps"] == []
    assert (await client.delete(f"{AT}/rule", headers=AS_ALICE)).status_code == 204
    assert (await client.get(f"{AT}/rule")).json()["state"] == "inferred"
    kinds = [one.event.kind for one in SqlOutbox(control, "control").after(0)]
    assert kinds == [
        "collection.rule_confirmed", "collection.rule_confirmed", "collection.rule_refused", "collection.rule_forgotten"
    ]  # fmt: skip


async def test_who_does_not_administer_says_nothing_of_rules(client):
    assert (await client.put(f"{AT}/rule", json={})).status_code == 401
    assert (await client.put(f"{AT}/rule", json={}, headers=AS_BOB)).status_code == 403
    assert (await client.delete(f"{AT}/rule", headers=AS_BOB)).status_code == 403
    inside = "/workspaces/alice/api/collections/demo.landsat/freshness/rule"
    assert (await client.put(inside, json={}, headers=AS_ALICE)).status_code == 404


WRONG = [
    ({"state": "perhaps"}, "state"),
    ({"rules": {}}, "rules"),
    ({"rule": []}, "rule"),
    ({"rule": {"kind": "revisit", "key": ["nothing"], "step_days": 5}}, "rule.key"),
    ({"state": "refused", "rule": {"kind": "calendar", "unit": "month"}}, "rule"),
]


async def test_a_wrong_statement_changes_nothing(client):
    for document, parameter in WRONG:
        answer = await client.put(f"{AT}/rule", json=document, headers=AS_ALICE)
        assert (answer.status_code, answer.json()["parameter"]) == (400, parameter), document
    assert (await client.get(f"{AT}/rule")).json()["state"] == "inferred"


async def test_where_items_tell_no_rule_there_is_none_to_confirm(client, catalogue):
    catalogue.register_collection(a_collection("demo.few"), ALICE)
    answer = await client.put("/api/collections/demo.few/freshness/rule", json={}, headers=AS_ALICE)
    assert answer.status_code == 409
    found = (await client.get("/api/collections/demo.few/freshness")).json()
    assert (found["items"], found["rule"]["state"], found["newest"]) == (0, "none", None)
    assert found["rule"]["inferred"]["reason"] == "There are no Items."
    assert (await client.get("/api/collections/demo.few/freshness?f=html")).status_code == 200


FORM = {"kind": "revisit", "key": "landsat:wrs_path, landsat:wrs_row", "step_days": "8", "tolerance_days": "0.4"}


async def test_an_operator_confirms_by_the_form_of_the_page(client):
    page = (await client.get(f"{AT}?f=html", headers=AS_ALICE)).text
    assert '<input name="step_days" value="8"' in page
    assert "<form" not in (await client.get(f"{AT}?f=html", headers=AS_BOB)).text
    said = {**FORM, "state": "confirmed", "version": "0", "until": ""}
    answer = await client.post(f"{AT}/rule", data=said, headers=AS_ALICE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"http://eo.example{AT}?f=html#rule")
    assert (await client.get(f"{AT}/rule")).json()["rule"]["step_days"] == 8
    late = await client.post(f"{AT}/rule", data=said, headers=AS_ALICE)
    assert (late.status_code, "has changed since" in late.text) == (412, True)
    refused = await client.post(f"{AT}/rule", data={"state": "refused", "version": "1"}, headers=AS_ALICE)
    assert refused.status_code == 303
    page = (await client.get(f"{AT}?f=html", headers=AS_ALICE)).text
    assert "Refused by alice" in page
    assert (await client.post(f"{AT}/rule", data={"state": "forgotten"}, headers=AS_ALICE)).status_code == 303
    assert (await client.get(f"{AT}/rule")).json()["state"] == "inferred"


WRONG_FORMS = [
    ({**FORM, "state": "confirmed", "step_days": "never"}, "rule.step_days"),
    ({**FORM, "state": "confirmed", "kind": "cycle"}, "rule.number"),
    ({**FORM, "state": "confirmed", "kind": "cycle", "number": "landsat:scene"}, "rule.number"),
    ({**FORM, "state": "confirmed", "key": "nothing"}, "rule.key"),
    ({"state": "confirmed", "kind": "calendar", "unit": "week"}, "rule.unit"),
    ({**FORM, "state": "perhaps"}, "state"),
    ({"state": "refused", "more": "1"}, "more"),
    ({"state": "refused", "version": "one"}, "version"),
]


async def test_a_form_that_is_filled_in_wrongly_is_shown_again_with_what_is_wrong(client):
    for said, parameter in WRONG_FORMS:
        answer = await client.post(f"{AT}/rule", data=said, headers=AS_ALICE)
        assert (answer.status_code, f"{parameter}: " in answer.text) == (400, True), said
    assert (
        'value="never" placeholder="5" aria-invalid'
        in (await client.post(f"{AT}/rule", data=WRONG_FORMS[0][0], headers=AS_ALICE)).text
    )
    many = "&".join(f"a{number}=1" for number in range(100))
    typed = {**AS_ALICE, "content-type": "application/x-www-form-urlencoded"}
    assert (await client.post(f"{AT}/rule", content=many, headers=typed)).status_code == 400
    assert (await client.post(f"{AT}/rule", content="a" * 20_000, headers=typed)).status_code == 413
    assert (await client.get(f"{AT}/rule")).json()["state"] == "inferred"


async def test_who_may_say_a_rule_is_told_what_it_may_name(client):
    possible = (await client.get(f"{AT}/rule", headers=AS_ALICE)).json()["possible"]
    assert possible == {"key": ["landsat:wrs_path", "landsat:wrs_row", "platform"], "number": []}
    assert "possible" not in (await client.get(f"{AT}/rule", headers=AS_BOB)).json()
    page = (await client.get(f"{AT}?f=html", headers=AS_ALICE)).text
    assert "Series can be told apart by landsat:wrs_path, landsat:wrs_row, platform." in page


async def test_whose_word_a_rule_is_learn_those_who_may_say_one(client):
    await client.put(f"{AT}/rule", json={}, headers=AS_ALICE)
    for headers, by in (({}, None), (AS_BOB, None), (AS_ALICE, "alice")):
        assert (await client.get(f"{AT}/rule", headers=headers)).json().get("said_by") == by
        assert (await client.get(AT, headers=headers)).json()["rule"].get("said_by") == by


async def test_the_ids_of_a_feed_stay_when_items_come(client, catalogue, documents):
    before = feed_ids(await client.get(f"{AT}/gaps?f=atom"))
    newest = next(one for one in documents("landsat-c2-l2-100") if one["id"] == "LC08_L2SP_033032_20241127_02_T1")
    properties = {**newest["properties"], "datetime": "2024-12-05T17:44:09Z"}
    catalogue.register([_plain({**newest, "id": "next", "properties": properties}, "demo.landsat")], ALICE)
    assert feed_ids(await client.get(f"{AT}/gaps?f=atom")) == before
    assert (await client.get(AT)).json()["newest"]["id"] == "next"


def feed_ids(answer):
    return [entry.findtext(f"{ATOM}id") for entry in etree.fromstring(answer.content).findall(f"{ATOM}entry")]


@on_both
async def test_who_sees_a_part_is_told_what_he_would_be_if_there_were_no_more(client, catalogue, store, documents):
    """Of two Collections one has hidden Items as well: fresher ones, of other series, in the gaps of the seen."""
    real = documents("landsat-c2-l2-100")
    seen, rest = real[::2], real[1::2]
    for name in ("demo.plain", "demo.mixed"):
        catalogue.register_collection(a_collection(name), ALICE)
        catalogue.register([_plain(one, name) for one in seen], ALICE)
    hidden = [_plain(one, "demo.mixed") for one in rest]
    hidden += [an_item(f"h{day}", "demo.mixed", datetime=f"2024-12-0{day}T00:00:00Z") for day in range(1, 10)]
    store.register(new(*hidden, visibility_class="demo/owner"), [])
    for path in ("", "/rule", "/gaps", "/gaps?f=atom", "/dead-assets", "?f=html"):
        for headers in ({}, AS_BOB):
            plain, mixed = [
                (await client.get(f"/api/collections/{name}/freshness{path}", headers=headers)).text
                for name in ("demo.plain", "demo.mixed")
            ]
            assert _timeless(mixed.replace("demo.mixed", "demo.plain")) == _timeless(plain), path
    found = (await client.get("/api/collections/demo.mixed/freshness", headers=AS_ALICE)).json()
    assert (found["items"], found["newest"]["id"]) == (len(real) + 9, "h9")


def _timeless(text):
    """Return an answer without when it was given, and without when Items came: both differ from run to run."""
    untold = re.sub(r'"as_of":"[^"]*"|"registered":"[^"]*"|("registered":\{"items":\d+)[^}]*', r"\1", text)
    return re.sub(r"<updated>[^<]*</updated>|half within [^<]*|at 20\d\d-[\d: -]* UTC", "", untold)


@on_both
def test_what_goes_missing_is_told_once_and_again_only_after_it_came(
    freshnesses, rules, store, catalogue, control, now, documents
):
    freshnesses.confirm("demo.landsat", None, ALICE)
    telling = Telling(freshnesses, rules, store)
    outbox = SqlOutbox(control, "control")
    begun = outbox.last()
    assert telling.tell() == 3
    assert telling.tell() == 0
    events = [one.event for one in outbox.after(begun)]
    assert [one.kind for one in events] == ["item.missing"] * 3
    assert events[0].data["key"] == {"landsat:wrs_path": "033", "landsat:wrs_row": "032"}
    assert events[0].data["expected"].startswith("2024-09-08T17:37")
    assert events[0].visibility_class == "demo/anyone"
    path = next(one for one in documents("landsat-c2-l2-100") if "033032" in one["id"])
    came = {**path, "id": "came", "properties": {**path["properties"], "datetime": events[0].data["expected"]}}
    catalogue.register([_plain(came, "demo.landsat")], ALICE)
    assert telling.tell() == 0
    catalogue.remove("demo.landsat", "came", ALICE)
    assert telling.tell() == 1
    now[0] = datetime(2025, 2, 1, tzinfo=UTC)
    seen = outbox.last()
    later = telling.tell()
    told = [one.event.kind for one in outbox.after(seen)]
    assert later == len(told)
    assert told.count("collection.overdue") == 1
    assert telling.tell() == 0


def test_a_collection_of_one_series_that_is_late_is_told_beside_its_gaps(freshnesses, rules, store, catalogue, control):
    catalogue.register_collection(a_collection("demo.daily"), ALICE)
    days = [an_item(f"d{day}", "demo.daily", datetime=f"2024-11-{day:02}T00:00:00Z") for day in range(1, 30)]
    catalogue.register(days, ALICE)
    freshnesses.confirm("demo.daily", None, ALICE)
    begun = SqlOutbox(control, "control").last()
    assert Telling(freshnesses, rules, store).tell() == 11
    told = [one.event for one in SqlOutbox(control, "control").after(begun)]
    assert [one.kind for one in told].count("item.missing") == 10
    assert [(one.subject, one.data["due"][:10]) for one in told if one.kind == "collection.overdue"] == [
        ("demo.daily", "2024-11-30")
    ]


def test_what_is_kept_of_what_is_gone_is_let_go_and_what_came_back_under_its_name_begins_anew(
    freshnesses, rules, states, store, catalogue
):
    at = datetime(2024, 1, 1, tzinfo=UTC)
    catalogue.register_collection(a_collection("demo.brief"), ALICE)
    catalogue.register([an_item("a", "demo.brief"), an_item("b", "demo.brief")], ALICE)
    healths = {name: Health(1, "demo/anyone", at, {"x": AssetState("dead", at, at)}) for name in "ab"}
    for name in ("demo.brief", "demo.never"):
        states.put(name, 1, healths, [], [])
        states.walked(name, Walk(1, at, None, None))
    sweeping = Sweeping(store, rules, states)
    sweeping.sweep()
    assert states.collections() == ["demo.brief"], "there is no other"
    assert freshnesses.tally("demo.brief", BOB).items == 2
    catalogue.remove("demo.brief", "a", ALICE)
    assert [item for item, _ in freshnesses.dead("demo.brief", "", 9, BOB)[0]] == ["b"], "at once"
    sweeping.sweep()
    assert set(states.healths("demo.brief", ["a", "b"])) == {"b"}
    freshnesses.refuse("demo.brief", ALICE)
    catalogue.remove("demo.brief", "b", ALICE)
    catalogue.remove_collection("demo.brief", ALICE)
    catalogue.register_collection(a_collection("demo.brief"), ALICE)
    sweeping.sweep()
    assert (states.collections(), rules.collections()) == ([], [])


def test_of_rules_that_nobody_confirmed_and_of_collections_that_went_nothing_is_told(
    freshnesses, rules, store, catalogue
):
    telling = Telling(freshnesses, rules, store)
    assert telling.tell() == 0
    catalogue.register_collection(a_collection("demo.brief"), ALICE)
    monthly = freshnesses.freshness("demo.landsat", ALICE).told.inference.rule
    freshnesses.confirm("demo.brief", monthly, ALICE)
    catalogue.remove_collection("demo.brief", ALICE)
    assert telling.tell() == 0
    assert rules.confirmed() == []
