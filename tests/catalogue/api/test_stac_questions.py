"""Questions that may look at everything wait among themselves: whoever asks simply does not wait for them."""

import anyio
import pytest

from thalweg.web.pool import QUESTIONS

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
_PLAIN = (
    "/api/search",
    "/api/search?bbox=-180,-90,180,90&datetime=2024-01-01T00:00:00Z/..",
    "/api/collections/demo.images/items?f=html",
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
    "/api/aggregate?aggregations=total_count",
)


@pytest.fixture
async def taken():
    """Take every place among those that wait."""
    holders = [object() for _ in range(int(QUESTIONS.total_tokens))]
    for holder in holders:
        QUESTIONS.acquire_on_behalf_of_nowait(holder)
    yield holders
    for holder in holders:
        QUESTIONS.release_on_behalf_of(holder)


@pytest.mark.usefixtures("taken")
@pytest.mark.parametrize("path", _PLAIN)
async def test_what_is_asked_simply_waits_for_no_question(client, path):
    with anyio.fail_after(30):
        assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", _LONG)
async def test_a_question_waits_for_its_place(client, taken, path):
    answers = []

    async def asked():
        answers.append((await client.get(path)).status_code)

    async with anyio.create_task_group() as together:
        together.start_soon(asked)
        while not QUESTIONS.statistics().tasks_waiting:
            await anyio.lowlevel.checkpoint()
        assert not answers
        QUESTIONS.release_on_behalf_of(taken[0])
    assert answers == [200]
    QUESTIONS.acquire_on_behalf_of_nowait(taken[0])
