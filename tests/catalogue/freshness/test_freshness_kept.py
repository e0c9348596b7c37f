"""Rules, what was told and how assets are, kept on both control databases."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from thalweg.catalogue.freshness.assets import AssetState, Finding, Health, after
from thalweg.catalogue.freshness.ports import Statement, Walk
from thalweg.catalogue.freshness.presence import DAY
from thalweg.catalogue.freshness.rule import Rule
from thalweg.catalogue.freshness.sql_rules import SqlRules
from thalweg.catalogue.freshness.sql_states import SqlStates
from thalweg.catalogue.freshness.tables import METADATA
from thalweg.core.errors import PreconditionFailed
from thalweg.core.events import Event
from thalweg.core.queries import Token
from thalweg.sql.engines import open_engine, reading
from thalweg.sql.migrations import migrate
from thalweg.sql.outbox import SqlOutbox

AT, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
RULE = Rule("revisit", ("platform",), step=5 * DAY, tolerance=DAY // 4, least_sun=8.0, since=0)
SAID = Statement("confirmed", RULE, "alice", AT, 0)


@pytest.fixture
def kept(control_url):
    engine = open_engine(control_url)
    migrate(engine, "sql")
    migrate(engine, "catalogue.freshness")
    yield engine
    engine.dispose()


def event(kind="item.missing"):
    return Event(kind, "demo.images", "demo/anyone", {"collection": "demo.images"})


def health(**statuses):
    return Health(3, "demo/anyone", AT, {key: AssetState(status, AT, AT, 404) for key, status in statuses.items()})


def test_the_tables_go_up_and_down_and_are_what_is_declared(kept):
    with reading(kept) as connection:
        seen = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            made = {column["name"]: column["nullable"] for column in seen.get_columns(table.name)}
            assert made == {column.name: column.nullable for column in table.columns}
            assert seen.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
    migrate(kept, "catalogue.freshness", "base")
    with reading(kept) as connection:
        assert not {table.name for table in METADATA.sorted_tables} & set(sa.inspect(connection).get_table_names())


def test_a_rule_is_kept_with_its_version_and_changed_by_who_knows_it(kept):
    rules = SqlRules(kept)
    assert rules.rule("demo.images") is None
    assert rules.say("demo.images", SAID, 0, [event("collection.rule_confirmed")]).version == 1
    assert rules.rule("demo.images") == Statement("confirmed", RULE, "alice", AT, 1)
    with pytest.raises(PreconditionFailed):
        rules.say("demo.images", SAID, 0, [event("collection.rule_confirmed")])
    rules.say("demo.images", Statement("refused", None, "bob", LATER, 0), 1, [])
    assert rules.rule("demo.images") == Statement("refused", None, "bob", LATER, 2)
    assert rules.confirmed() == []
    assert rules.forget("demo.images", [event("collection.rule_forgotten")])
    assert not rules.forget("demo.images", [event("collection.rule_forgotten")])
    assert [one.event.kind for one in SqlOutbox(kept, "control").after(0)] == [
        "collection.rule_confirmed", "collection.rule_forgotten"
    ]  # fmt: skip


def test_what_was_told_is_kept_with_its_events_and_forgotten_with_another_rule(kept):
    rules = SqlRules(kept)
    rules.say("demo.images", SAID, None, [])
    rules.tell("demo.images", [("a/1", 5), ("", 7)], (), [event(), event()])
    rules.tell("demo.images", [("a/2", 5)], [("a/1", 5)], [event()])
    assert rules.told("demo.images") == {("", 7), ("a/2", 5)}
    assert rules.told("other") == frozenset()
    assert SqlOutbox(kept, "control").last() == 3
    rules.say("demo.images", SAID, None, [])
    assert rules.told("demo.images") == frozenset()


def test_what_is_kept_of_what_went_before_a_time_is_let_go(kept):
    rules, states = SqlRules(kept), SqlStates(kept)
    assert (rules.latest(), rules.collections(), states.collections()) == (None, [], [])
    rules.say("demo.images", SAID, None, [])
    states.put("demo.images", 1, {"a": health(x="dead"), "b": health(x="dead")}, [], [])
    states.walked("demo.images", Walk(1, AT, LATER, None, 7))
    assert states.walk("demo.images").left == 7
    assert (rules.latest(), rules.collections(), states.collections()) == (AT, ["demo.images"], ["demo.images"])
    states.forget("demo.images", ["a"], LATER)
    assert set(states.healths("demo.images", ["a", "b"])) == {"b"}
    assert not rules.forget("demo.images", [], AT), "it was said no sooner"
    states.forget("demo.images", None, AT)
    assert (set(states.healths("demo.images", ["b"])), states.collections()) == ({"b"}, ["demo.images"])
    assert rules.forget("demo.images", [], LATER)
    states.forget("demo.images", None, LATER)
    assert (rules.collections(), states.healths("demo.images", ["b"]), states.collections()) == ([], {}, [])


def test_how_assets_are_is_kept_counted_and_found(kept):
    states = SqlStates(kept)
    states.put("demo.images", 1, {"a": health(x="dead", y="alive"), "b": health(x="alive")}, [], [event("asset.dead")])
    states.put("demo.images", 1, {"c": health(x="dead", y="unsure", z="unchecked")}, [], [])
    assert states.health("demo.images", "a") == health(x="dead", y="alive")
    assert states.health("demo.images", "nothing") is None
    assert set(states.healths("demo.images", ["a", "c", "d"])) == {"a", "c"}
    assert [item for item, _ in states.dead("demo.images", None, "", 10)] == ["a", "c"]
    assert [item for item, _ in states.dead("demo.images", ["demo/anyone"], "a", 10)] == ["c"]
    sums = states.tallies("demo.images")["demo/anyone"]
    assert (sums.items, sums.alive, sums.dead, sums.unsure, sums.unchecked) == (3, 2, 2, 1, 1)
    assert sums.checked == AT
    states.put("demo.images", 2, {"a": health(x="alive", y="alive")}, ["b"], [])
    states.walked("demo.images", Walk(2, AT, None, Token((5, "a", None))))
    assert states.walk("demo.images") == Walk(2, AT, None, Token((5, "a", None)))
    assert states.tallies("demo.images")["demo/anyone"].items == 3
    states.walked("demo.images", Walk(2, AT, LATER, None))
    assert set(states.healths("demo.images", ["a", "b", "c"])) == {"a", "b"}, "c was not met"


def test_an_asset_stays_what_it_was_until_it_gave_no_answer_three_times():
    state = after(None, Finding("unsure"), AT)
    assert (state.status, state.failures) == ("unsure", 1)
    alive = after(state, Finding("alive", 200), LATER)
    assert (alive.status, alive.failures, alive.since) == ("alive", 0, LATER)
    once = after(alive, Finding("unsure", 500, "why"), LATER)
    assert (once.status, once.failures, once.since, once.why) == ("alive", 1, LATER, "why")
    assert after(after(once, Finding("unsure"), LATER), Finding("unsure"), LATER).status == "dead"
