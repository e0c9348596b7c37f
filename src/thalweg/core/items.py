"""Items and Collections: what the catalogue holds and other blocks ask it for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from thalweg.core.errors import ThalwegError
from thalweg.core.principals import Principal

Document = Mapping[str, Any]
"""A STAC document as parsed JSON; it stays what its writer wrote."""

FOLLOWING = "thalweg:extent"
"""The member of a Collection that says, by ``"items"``, that its extent is that of its Items; nobody else wrote one."""
LOCAL = "thalweg:"
"""An href that begins so is root-relative on this platform: ``thalweg:/workspaces/demo/files/olinda.tif``.

It is made absolute when served, so that a platform may change its address.
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One Item as the catalogue holds it.

    Attributes:
        body: its JSON, UTF-8, without the links that the façade adds.
        version: grows by one with each change.
        visibility_class: who may see it.
    """

    collection: str
    id: str
    body: bytes
    version: int
    visibility_class: str

    @property
    def etag(self) -> str:
        """Return the strong entity tag of this version."""
        return f'"{self.version:x}"'


@dataclass(frozen=True, slots=True)
class Collection:
    """One Collection as the catalogue holds it; ``visibility_class`` is what its new Items get."""

    id: str
    body: bytes
    version: int
    visibility_class: str

    @property
    def etag(self) -> str:
        """Return the strong entity tag of this version."""
        return f'"{self.version:x}"'


@dataclass(frozen=True, slots=True)
class Version:
    """What an Item was for a while.

    Attributes:
        body: its JSON then, ``None`` while it was removed.
        since: from when on.
        until: up to when; ``None`` for what it is now.
    """

    number: int
    body: bytes | None
    since: datetime
    until: datetime | None


Turn = Callable[[], None]
"""Called once all is made ready, before anything is written; returns when that may be: loads beside each other so
take their turns."""


def at_once() -> None:
    """Let a load write as soon as it is ready."""


Outcome = Literal["registered", "replaced", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one document of a bulk load.

    Attributes:
        place: of the document among those given, from 0.
        id: the Item's, where it has one.
        error: why it was refused.
    """

    place: int
    id: str | None
    outcome: Outcome
    error: ThalwegError | None = None


class ItemSource(Protocol):
    """The part of a catalogue that reads one Item."""

    def item(self, collection: str, item_id: str, who: Principal) -> Item:
        """Return one Item, or raise ``NotFound``."""
        ...


class ItemRegistry(Protocol):
    """The part of a catalogue that takes new Items."""

    def register(self, items: Sequence[Document], who: Principal) -> tuple[Item, ...]:
        """Validate and register the Items, all or none.

        Raises:
            InvalidParameter: an Item is not valid STAC; the parameter is the member's path.
            NotFound: its Collection is not there.
            Conflict: its id is taken in its Collection.
            Forbidden: ``who`` may not write there.
        """
        ...

    def ensure_collection(self, collection: Document, who: Principal) -> Collection:
        """Return the Collection of this id, registered now where it was not there."""
        ...

    def fit(self, collection: str, who: Principal) -> None:
        """Bring the extent of a Collection in line with its Items, if ``FOLLOWING`` says that it follows them.

        Raises:
            NotFound: there is no such Collection that ``who`` may see.
            Forbidden: ``who`` may not write there.
        """
        ...

    def load(
        self,
        items: Sequence[Document],
        who: Principal,
        *,
        replacing: bool = True,
        turn: Turn = at_once,
        making: Document | None = None,
    ) -> tuple[Loaded, ...]:
        """Take each Item that can be taken, and tell of each what became of it.

        An Item that is there already, the same to the byte, is ``unchanged``: a load that was cut is done again.

        Args:
            items: whole Items; no more than ``limits.at_once``.
            who: asks.
            replacing: put an Item in the place of the one of its id; else such an Item is refused.
            turn: is waited for before anything is written.
            making: a Collection that is registered, where it is not there, once one of the Items can be taken.
        """
        ...
