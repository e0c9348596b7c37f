"""Callers take turns: nobody holds more than a share, nobody waits behind who holds more, and nothing is lost."""

import random
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import pytest

from thalweg.web.pool import in_turn
from thalweg.web.turns import Turns

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@asynccontextmanager
async def turn(turns, caller):
    """Hold a place for the block inside."""
    await turns.take(caller)
    try:
        yield
    finally:
        turns.give_back(caller)


async def settled():
    """Let every task go on until it waits."""
    await anyio.wait_all_tasks_blocked()


async def test_a_caller_holds_its_share_and_others_find_a_place():
    turns, entered = Turns(3, share=2), []

    async def enter(caller):
        async with turn(turns, caller):
            entered.append(caller)
            await anyio.sleep_forever()

    async with anyio.create_task_group() as together:
        for caller in ("a", "a", "a", "a"):
            together.start_soon(enter, caller)
        await settled()
        assert (entered, turns.waiting) == (["a", "a"], 2)
        together.start_soon(enter, "b")
        await settled()
        assert entered == ["a", "a", "b"]
        together.cancel_scope.cancel()
    assert turns.waiting == 0


async def test_who_holds_the_fewest_is_next_and_of_equals_who_was_served_longest_ago():
    turns, order = Turns(2, share=2), []

    async def enter(caller):
        async with turn(turns, caller):
            order.append(caller)
            await anyio.lowlevel.checkpoint()

    async with AsyncExitStack() as held, anyio.create_task_group() as together:
        for _ in range(2):
            await held.enter_async_context(turn(turns, "first"))
        for caller in ("many", "many", "many", "few", "other"):
            together.start_soon(enter, caller)
            await settled()
        await held.aclose()
    assert order == ["many", "few", "other", "many", "many"]


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_is_cut_off_leaves_every_place_free(seed):
    chance = random.Random(seed)  # noqa: S311 - a test's
    turns, held = Turns(3, share=2), []
    scopes: list[anyio.CancelScope] = []

    async def enter(caller, steps):
        with anyio.CancelScope() as scope:
            scopes.append(scope)
            async with turn(turns, caller):
                held.append(caller)
                assert len(held) <= 3
                assert held.count(caller) <= 2
                try:
                    for _ in range(steps):
                        await anyio.lowlevel.checkpoint()
                finally:
                    held.remove(caller)

    async with anyio.create_task_group() as together:
        for _ in range(60):
            together.start_soon(enter, chance.choice("abc"), chance.randrange(6))
            for _ in range(chance.randrange(3)):
                await anyio.lowlevel.checkpoint()
            if scopes and chance.random() < 0.4:
                chance.choice(scopes).cancel()
    assert (turns.waiting, held) == (0, [])
    with anyio.fail_after(5):
        async with turn(turns, "a"), turn(turns, "a"), turn(turns, "b"):
            pass


async def test_a_use_case_runs_in_its_turn_and_what_it_raises_gives_the_place_back():
    turns = Turns(1, share=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await in_turn(divmod, 1, 0, among=turns, caller="a")
    assert await in_turn(divmod, 7, 2, among=turns, caller="a") == (3, 1)
