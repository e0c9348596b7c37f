"""Questions that may look at everything wait among themselves, each caller for its share: the rest does not wait."""

from contextlib import ExitStack, asynccontextmanager

import anyio
import pytest
from callers import ALICE, AS_ALICE

from thalweg.catalogue.api.exports import FILES_AT_ONCE
from thalweg.web.pool import QUESTIONS

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
_PLAIN = (
    "/api/search",
    "/api/search?bbox=-180,-90,180,90&datetime=2024-01-01T00:00:00Z/..",
    "/api/collections/demo.images/items?f=html",
    "/api/collections/demo.images/items?bbox=-180,-90,180,90&count=false",
    "/api/collections/demo.images/items/i01",
    "/api/collections",
    "/api/",
)
_LONG = (
    "/api/search?filter=orbit=1",
    "/api/search?q=river",
    "/api/search?sortby=orbit",
    "/api/search?count=true",
    "/api/collections/demo.images/items?orbit=1",
    "/api/collections/demo.images/items?bbox=-180,-90,180,90",
    "/api/aggregate?aggregations=total_count",
)
_FILE = "/api/search?f=csv"


@pytest.fixture
async def taken():
    """Take every place among those that wait."""
    with ExitStack() as held:
        for number in range(int(QUESTIONS.threads.total_tokens)):
            await hold(held, QUESTIONS, f"holder {number}")
        yield held


async def hold(held, turns, caller):
    """Take a place until what is held is closed."""
    await turns.take(caller)
    held.callback(turns.give_back, caller)


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize("path", _PLAIN)
async def test_what_is_asked_simply_waits_for_no_question(client, path):
    with anyio.fail_after(30):
        assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", _LONG)
async def test_a_question_waits_for_its_place(client, taken, path):
    async with waiting(client, path, QUESTIONS) as answers:
        assert not answers
        taken.close()
    assert answers == [200]


@pytest.mark.parametrize(("turns", "path"), [(QUESTIONS, _LONG[0]), (QUESTIONS, _LONG[5]), (FILES_AT_ONCE, _FILE)])
async def test_who_has_its_share_waits_and_others_do_not(client, turns, path):
    with ExitStack() as held:
        for _ in range(int(turns.threads.total_tokens) - 1):
            await hold(held, turns, ALICE.id)
        async with waiting(client, path, turns, AS_ALICE) as answers:
            with anyio.fail_after(30):
                assert (await client.get(path)).status_code == 200
            assert not answers
            held.close()
        assert answers == [200]


@asynccontextmanager
async def waiting(client, path, turns, headers=None):
    """Ask for a path, and go on as soon as the request waits; at the end it has been answered."""
    answers = []

    async def ask():
        answers.append((await client.get(path, headers=headers)).status_code)

    async with anyio.create_task_group() as together:
        together.start_soon(ask)
        with anyio.fail_after(30):
            while not turns.waiting:
                await anyio.lowlevel.checkpoint()
        yield answers
