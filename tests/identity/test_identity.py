"""Tokens, sessions and one-time logins, on each kind of database."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.datastructures import Headers

from thalweg.core.errors import Forbidden, InvalidRequest, NotFound, Unauthenticated
from thalweg.core.principals import ANYONE
from thalweg.identity.api.bearing import Bearing
from thalweg.identity.service import ADMIN, Identity
from thalweg.identity.stores.sql import SqlStore
from thalweg.sql.engines import open_engine, reading
from thalweg.sql.migrations import migrate

GIVEN = "a-token-of-sixteen-or-more"


@pytest.fixture
def engine(control_url):
    engine = open_engine(control_url)
    migrate(engine, "identity")
    yield engine
    engine.dispose()


@pytest.fixture
def identity(engine):
    return Identity(SqlStore(engine))


def test_a_random_admin_token_is_told_once(identity):
    token = identity.admit_admin(None)
    assert identity.whose(token, "bearer") == ADMIN
    assert identity.admit_admin(None) is None
    assert identity.whose(token, "bearer") == ADMIN


def test_a_given_admin_token_takes_the_place_of_the_one_before(engine, identity):
    before = identity.admit_admin(None)
    assert identity.admit_admin(GIVEN) is None
    fresh = Identity(SqlStore(engine))
    assert fresh.whose(GIVEN, "bearer") == ADMIN
    assert fresh.whose(before, "bearer") is None


def test_a_token_too_short_to_be_a_secret_is_refused(identity):
    with pytest.raises(InvalidRequest):
        identity.admit_admin("secret")


def test_a_login_opens_one_session_and_only_the_newest_link_works(identity):
    identity.admit_admin(None)
    first, second = identity.login_token(ADMIN), identity.login_token(ADMIN)
    with pytest.raises(Unauthenticated):
        identity.open_session(first)
    session, who = identity.open_session(second)
    assert who == ADMIN
    assert identity.whose(session, "session") == ADMIN
    with pytest.raises(Unauthenticated):
        identity.open_session(second)


def test_a_token_of_one_kind_is_none_of_another(identity):
    token = identity.admit_admin(None)
    assert identity.whose(token, "session") is None
    with pytest.raises(Unauthenticated):
        identity.open_session(token)


def test_a_closed_session_ends_at_once(identity):
    identity.admit_admin(None)
    session, _ = identity.open_session(identity.login_token(ADMIN))
    identity.close_session(session)
    assert identity.whose(session, "session") is None


def test_a_token_whose_time_is_over_is_nobodys(identity):
    identity.admit_admin(None)
    token = identity.bearer_token(ADMIN, timedelta(seconds=-1))
    assert identity.whose(token, "bearer") is None


def test_no_token_stands_in_the_database(engine, identity):
    token = identity.admit_admin(None)
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT * FROM token")).all()
    assert rows
    assert token not in str(rows)
    assert token.encode() not in b"".join(bytes(row[0]) for row in rows)


def test_all_processes_share_one_secret(engine, identity):
    assert identity.secret("paging") == Identity(SqlStore(engine)).secret("paging")
    assert identity.secret("paging") != identity.secret("other")
    assert len(identity.secret("paging")) == 32


def test_a_principal_that_is_gone_is_not_found(identity):
    with pytest.raises(NotFound):
        identity.principal("nobody")


def test_who_shows_nothing_is_anyone_and_who_shows_something_wrong_is_refused(identity):
    bearing = Bearing(identity)
    assert bearing("GET", Headers({})) == ANYONE
    assert bearing("POST", Headers({"cookie": "thalweg-session=gone"} | {"sec-fetch-site": "same-origin"})) == ANYONE
    for shown in ("Bearer nothing", "Basic YTpi", "Bearer"):
        with pytest.raises(Unauthenticated):
            bearing("GET", Headers({"authorization": shown}))


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://eo.example"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://evil.example"}, False),
        ({}, False),
    ],
)
def test_a_session_writes_only_from_our_own_pages(identity, headers, allowed):
    identity.admit_admin(None)
    session, _ = identity.open_session(identity.login_token(ADMIN))
    shown = Headers({"cookie": f"thalweg-session={session}", "host": "eo.example", **headers})
    bearing = Bearing(identity)
    assert bearing("GET", shown) == ADMIN
    if allowed:
        assert bearing("POST", shown) == ADMIN
    else:
        with pytest.raises(Forbidden):
            bearing("POST", shown)
