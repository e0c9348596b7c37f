"""The bounded pool of threads in which a use case waits for disk or database."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
_THREADS = CapacityLimiter(16)


async def in_pool(use_case: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """Run one use case in the pool: one hop for the whole of it, not one a query."""
    return await to_thread.run_sync(use_case, *arguments, limiter=_THREADS)
