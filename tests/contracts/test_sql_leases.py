"""A lease has one holder at a time, and a late one is found out by its token."""

import time

import pytest
import sqlalchemy as sa
from sql_programs import COUNTER, Processes, count_under_a_lease, hold_a_lease_and_hang

from thalweg.core.errors import Conflict
from thalweg.sql.engines import open_engine, reading, writing
from thalweg.sql.leases import LeaseLost, Leases, hold
from thalweg.sql.migrations import migrate

DEADLINE = 90


@pytest.fixture
def engine(control_url):
    engine = open_engine(control_url)
    migrate(engine, "sql")
    with writing(engine) as connection:
        COUNTER.create(connection)
        connection.execute(COUNTER.insert(), {"n": 0, "token": 0})
    yield engine
    engine.dispose()


@pytest.fixture
def leases(engine):
    return Leases(engine)


@pytest.fixture
def processes():
    with Processes() as processes:
        yield processes


def numbers(engine):
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(sa.select(COUNTER.c.n, COUNTER.c.token).order_by(COUNTER.c.n))]


def test_a_lease_is_given_to_one(leases):
    lease = leases.acquire("harvest", "a", seconds=60)
    assert (lease.name, lease.holder, lease.token) == ("harvest", "a", 1)
    assert leases.acquire("harvest", "b", seconds=60) is None
    assert leases.acquire("harvest", "a", seconds=60) is None
    assert leases.acquire("other", "b", seconds=60).token == 1


def test_a_released_lease_is_free_and_its_token_stays_used(leases):
    lease = leases.acquire("harvest", "a", seconds=60)
    leases.release(lease)
    assert leases.acquire("harvest", "b", seconds=60).token > lease.token


def test_a_renewed_lease_runs_longer(leases):
    lease = leases.acquire("harvest", "a", seconds=1)
    renewed = leases.renew(lease, seconds=60)
    assert renewed.token == lease.token
    assert renewed.until > lease.until


def test_a_lease_that_ran_out_is_renewed_while_nobody_took_it(leases):
    lease = leases.acquire("harvest", "a", seconds=0)
    leases.renew(lease, seconds=60)
    assert leases.acquire("harvest", "b", seconds=60) is None


def test_a_stale_token_is_refused_everywhere(leases, engine):
    stale = leases.acquire("harvest", "a", seconds=0)
    assert leases.acquire("harvest", "b", seconds=60).token == 2
    with pytest.raises(LeaseLost, match="a no longer holds harvest"):
        leases.renew(stale, seconds=60)
    with pytest.raises(Conflict):
        leases.release(stale)
    with pytest.raises(LeaseLost), leases.writing(stale) as connection:
        connection.execute(COUNTER.insert(), {"n": 99, "token": stale.token})
    with pytest.raises(LeaseLost), writing(engine) as connection:
        connection.execute(COUNTER.insert(), {"n": 99, "token": 1}).close(hold(connection, stale))
    assert numbers(engine) == [(0, 0)]
    assert leases.acquire("harvest", "c", seconds=60) is None


def test_a_released_lease_writes_no_more(leases, engine):
    lease = leases.acquire("harvest", "a", seconds=60)
    leases.release(lease)
    with pytest.raises(LeaseLost):
        leases.renew(lease, seconds=60)
    with pytest.raises(LeaseLost), leases.writing(lease) as connection:
        connection.execute(COUNTER.insert(), {"n": 99, "token": 1})
    assert numbers(engine) == [(0, 0)]


def test_a_lease_is_not_taken_over_while_its_holder_commits(leases, engine, control_url):
    lease = leases.acquire("harvest", "a", seconds=0)
    hasty = open_engine(control_url, busy_seconds=0.05)
    with leases.writing(lease) as connection:
        with pytest.raises(Exception, match="busy"):
            Leases(hasty).acquire("harvest", "b", seconds=60)
        connection.execute(COUNTER.insert(), {"n": 1, "token": lease.token})
    assert Leases(hasty).acquire("harvest", "b", seconds=60).token == 2
    assert numbers(engine) == [(0, 0), (1, 1)]
    hasty.dispose()


def test_four_contend_and_no_count_is_lost(engine, control_url, processes):
    counters = [processes.listen(count_under_a_lease, control_url, f"holder {n}", 15) for n in range(4)]
    assert all(told.poll(DEADLINE) and told.recv() == 15 for _, told in counters)
    found = numbers(engine)
    assert [n for n, _ in found] == list(range(61))
    tokens = [token for _, token in found]
    assert tokens == sorted(set(tokens))


def test_the_lease_of_one_killed_is_taken_over_with_a_higher_token(leases, control_url, processes):
    holder, told = processes.listen(hold_a_lease_and_hang, control_url)
    assert told.poll(DEADLINE)
    assert told.recv() == 1
    holder.kill()
    deadline = time.monotonic() + DEADLINE
    while (lease := leases.acquire("counter", "the heir", seconds=60)) is None:
        assert time.monotonic() < deadline
    assert lease.token == 2
