"""The bounded pool of threads in which a use case waits for disk or database."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, from_thread, to_thread

from thalweg.web.turns import Turns

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
WAITING = CapacityLimiter(16)
# What waits for a caller or computes for long has threads of its own: however many ask for it, the rest still answers.
COMPUTED = CapacityLimiter(2)
"""What is answered soon by computing: more threads would only take the interpreter from each other."""
UPLOADS = CapacityLimiter(64)
PICTURES = CapacityLimiter(8)
QUESTIONS = Turns(4, share=3)
"""What may have to look at all that is stored: filters, words, orders, sums."""
HARVESTS = Turns(8, share=2)
"""What reads all that somebody else holds, who may be slow."""
FEDERATED = Turns(16, share=4)
"""What waits for other catalogues that a search goes on to."""


async def in_pool(use_case: Callable[[*Ts], T], *arguments: *Ts, among: CapacityLimiter = WAITING) -> T:
    """Run one use case in the pool: one hop for the whole of it, not one a query."""
    return await to_thread.run_sync(use_case, *arguments, limiter=among)


async def in_turn(use_case: Callable[[*Ts], T], *arguments: *Ts, among: Turns, caller: str) -> T:
    """Run one use case as soon as it is the caller's turn."""
    await among.take(caller)
    try:
        return await to_thread.run_sync(use_case, *arguments, limiter=among.threads)
    finally:
        among.give_back(caller)


def chunks(stream: AsyncIterator[bytes]) -> Iterator[bytes]:
    """Yield an upload's chunks to a use case that runs in the pool; what the stream raises is raised there."""
    while (chunk := from_thread.run(_next, stream)) is not None:
        yield chunk


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    return await anext(stream, None)
