"""The assets of an Item as they were found: there, gone, or nobody knows."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from thalweg.core.time import instant, written

Status = Literal["alive", "dead", "unsure", "unchecked"]
DEAD_AFTER = 3
"""So many times in a row an asset gave no answer before it is called dead; one that is said to be gone is at once."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at an asset found: ``code`` is what its host answered, ``why`` a few words."""

    status: Status
    code: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class AssetState:
    """How an asset is.

    Attributes:
        since: from when on it is as it is.
        checked: when it was looked at last.
        failures: how many times in a row it gave no answer.
    """

    status: Status
    since: datetime
    checked: datetime
    code: int | None = None
    why: str = ""
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """How the assets of an Item are, by key; ``version`` is the Item's that was looked at."""

    version: int
    visibility_class: str
    checked: datetime
    assets: Mapping[str, AssetState]

    def count(self, status: Status) -> int:
        """Return how many are so."""
        return Counter(one.status for one in self.assets.values())[status]


def after(before: AssetState | None, found: Finding, at: datetime) -> AssetState:
    """Return how an asset is after a look at it.

    One that gives no answer stays what it was until it has given none so many times that it counts as dead.
    """
    failures = (before.failures if before else 0) + 1 if found.status == "unsure" else 0
    status = found.status
    if status == "unsure" and failures >= DEAD_AFTER:
        status = "dead"
    elif status == "unsure" and before is not None and before.status in ("alive", "dead"):
        status = before.status
    since = before.since if before is not None and before.status == status else at
    return AssetState(status, since, at, found.code, found.why, failures)


def unasked(before: AssetState | None, at: datetime) -> AssetState:
    """Return how an asset is that was not asked now: as before, if it was ever."""
    return before or AssetState("unchecked", at, at)


def hrefs_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the key and the href of each asset of an Item."""
    assets = document.get("assets")
    for key, asset in assets.items() if isinstance(assets, Mapping) else ():
        href = asset.get("href") if isinstance(asset, Mapping) else None
        if isinstance(href, str):
            yield key, href


def written_states(assets: Mapping[str, AssetState]) -> dict[str, Any]:
    """Return states as JSON."""
    return {key: written_state(one) for key, one in assets.items()}


def written_state(state: AssetState) -> dict[str, Any]:
    """Return a state as JSON; what there is nothing to say of is left out."""
    said = {
        "status": state.status,
        "since": written(state.since),
        "checked": written(state.checked),
        "code": state.code,
        "why": state.why or None,
        "failures": state.failures or None,
    }
    return {name: value for name, value in said.items() if value is not None}


def read_states(document: Mapping[str, Any]) -> dict[str, AssetState]:
    """Return the states that JSON of ours tells."""
    return {
        key: AssetState(
            cast("Status", one["status"]),
            instant(one["since"]),
            instant(one["checked"]),
            one.get("code"),
            one.get("why", ""),
            one.get("failures", 0),
        )
        for key, one in document.items()
    }
