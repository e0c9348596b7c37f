"""Who may see and do what: owner, member, anyone."""

import pytest

from thalweg.core.errors import Conflict, Forbidden, InvalidParameter, NotFound, QuotaExceeded, Unauthenticated
from thalweg.core.principals import ANYONE, Principal
from thalweg.sql.outbox import SqlOutbox
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore


def test_what_anyone_may_read_is_seen_by_anyone_and_the_rest_by_members(workspaces, anna, ben):
    workspaces.create("river", "River", "anyone", anna)
    workspaces.create("lake", "Lake", "member", anna)
    assert [one.id for one in workspaces.workspaces(ANYONE)] == ["river"]
    assert [one.id for one in workspaces.workspaces(anna)] == ["lake", "river"]
    assert [one.id for one in workspaces.workspaces(ben)] == ["river"]


def test_a_visibility_holds_just_the_classes_of_ones_role(workspaces, anna, ben):
    workspaces.create("lake", "", "member", anna)
    workspaces.put_member("lake", "ben", "member", anna)
    assert workspaces.visibility(ANYONE).classes == {"lake/anyone"}
    assert workspaces.visibility(ben).classes == {"lake/anyone", "lake/member"}
    assert workspaces.visibility(anna).classes == {"lake/anyone", "lake/member", "lake/owner"}


def test_what_one_may_not_see_is_not_found_whatever_one_wants(workspaces, anna, ben):
    workspaces.create("lake", "", "member", anna)
    for who in (ben, ANYONE):
        for action in ("read", "write", "execute", "administer"):
            with pytest.raises(NotFound):
                workspaces.check(who, action, "lake")
        with pytest.raises(NotFound):
            workspaces.workspace("lake", who)


def test_the_same_sentence_tells_of_a_hidden_workspace_and_of_none(workspaces, anna, ben):
    workspaces.create("lake", "", "member", anna)
    told = []
    for name in ("lake", "sea"):
        with pytest.raises(NotFound) as refused:
            workspaces.workspace(name, ben)
        told.append(str(refused.value).replace(name, "X"))
    assert told[0] == told[1]


def test_who_may_read_but_not_write_is_forbidden_or_asked_to_sign_in(workspaces, anna, ben):
    workspaces.create("river", "", "anyone", anna)
    with pytest.raises(Forbidden):
        workspaces.check(ben, "write", "river")
    with pytest.raises(Unauthenticated):
        workspaces.check(ANYONE, "write", "river")


def test_a_member_writes_and_executes_but_does_not_administer(workspaces, anna, ben):
    workspaces.create("lake", "", "member", anna)
    workspaces.put_member("lake", "ben", "member", anna)
    workspaces.check(ben, "write", "lake")
    workspaces.check(ben, "execute", "lake")
    with pytest.raises(Forbidden):
        workspaces.put_member("lake", "carl", "member", ben)


def test_a_right_taken_away_is_gone_at_once_here_and_soon_in_other_processes(engine, workspaces, anna, ben):
    now = [0.0]
    other = Workspaces(SqlStore(engine), clock=lambda: now[0])
    workspaces.create("lake", "", "member", anna)
    workspaces.put_member("lake", "ben", "member", anna)
    assert other.visibility(ben).sees("lake/member")
    workspaces.remove_member("lake", "ben", anna)
    assert not workspaces.visibility(ben).sees("lake/member")
    now[0] += 0.5
    assert not other.visibility(ben).sees("lake/member")


def test_the_last_owner_cannot_go(workspaces, anna):
    workspaces.create("lake", "", "member", anna)
    with pytest.raises(Conflict):
        workspaces.remove_member("lake", "anna", anna)
    with pytest.raises(Conflict):
        workspaces.put_member("lake", "anna", "member", anna)


def test_a_member_may_leave(workspaces, anna, ben):
    workspaces.create("lake", "", "member", anna)
    workspaces.put_member("lake", "ben", "member", anna)
    workspaces.remove_member("lake", "ben", ben)
    assert workspaces.workspaces(ben) == []


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a.b", "a/b", "a" * 64, "ä", ".."])
def test_a_name_that_cannot_name_a_workspace_is_refused(workspaces, anna, name):
    with pytest.raises(InvalidParameter):
        workspaces.create(name, "", "member", anna)


def test_an_id_is_taken_once_and_nothing_of_the_second_stays(engine, workspaces, anna, ben):
    workspaces.create("lake", "", "member", anna)
    events = SqlOutbox(engine, "control").last()
    with pytest.raises(Conflict):
        workspaces.create("lake", "", "anyone", ben)
    assert workspaces.workspaces(ben) == []
    assert SqlOutbox(engine, "control").last() == events


def test_everybody_has_a_space_of_their_own_whatever_their_name(workspaces):
    ids = {workspaces.personal(Principal(name)).id for name in ("zoë@eo.example", "ZOË@eo.example", "???", "Анна")}
    assert len(ids) == 4
    assert workspaces.personal(Principal("???")).id in ids


def test_every_change_is_an_event_in_its_class(engine, workspaces, anna):
    workspaces.create("lake", "", "member", anna)
    workspaces.put_member("lake", "ben", "member", anna)
    events = [one.event for one in SqlOutbox(engine, "control").after(0)]
    assert [(one.kind, one.subject, one.visibility_class) for one in events] == [
        ("workspace.created", "lake", "lake/member"),
        ("member.put", "lake", "lake/member"),
    ]


def test_nobody_can_prepare_anothers_own_space(workspaces, anna, ben):
    workspaces.create("ben", "Ben's, it says", "member", anna)
    workspaces.put_member("ben", "ben", "owner", anna)
    own = workspaces.personal(ben)
    assert own.id == "ben-2"
    assert own.role_of(anna) is None
    assert workspaces.personal(ben).id == own.id


def test_workspaces_are_listed_page_by_page_each_once(workspaces, anna, ben):
    for number in range(5):
        workspaces.create(f"lake-{number}", "", "anyone" if number % 2 else "member", anna)
    workspaces.put_member("lake-2", "ben", "member", anna)
    pages, after = [], ""
    while page := workspaces.workspaces(ben, after, 2):
        pages.append([one.id for one in page])
        after = page[-1].id
    assert pages == [["lake-1", "lake-2"], ["lake-3"]]
    assert [one.role_of(ben) for one in workspaces.workspaces(ben)] == [None, "member", None]
    assert [one.id for one in workspaces.workspaces(ANYONE, limit=1)] == ["lake-1"]


def test_nobody_owns_more_workspaces_than_allowed_but_the_administrator(engine, anna, ben):
    workspaces = Workspaces(SqlStore(engine), most_owned=2)
    for name in ("one", "two"):
        workspaces.create(name, "", "member", anna)
    with pytest.raises(QuotaExceeded, match="2 workspaces"):
        workspaces.create("three", "", "member", anna)
    workspaces.create("three", "", "member", ben)
    workspaces.put_member("three", "anna", "member", ben)
    for name in ("four", "five", "six"):
        workspaces.create(name, "", "member", Principal("root", admin=True))
    assert workspaces.personal(ben).id == "ben"
