"""What harvest needs of others, and what those must offer who bring Items in."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from thalweg.core.coverages import RasterFacts
from thalweg.core.errors import ThalwegError
from thalweg.core.items import Document
from thalweg.core.principals import Principal


class ImageDescriber(Protocol):
    """Knows image files: by their bytes, never by their names."""

    def describe(self, file: Path) -> RasterFacts:
        """Say what is known of an image.

        Raises:
            UnsupportedMedia: it is no image that can be read here.
            InvalidParameter: it is broken, or does not say where it lies.
            TooLarge: it cannot be read within the platform's bounds.
        """
        ...

    def optimize(self, file: Path, into: Path) -> None:
        """Write the same image, pixel for pixel, as a Cloud Optimized GeoTIFF.

        Raises:
            InvalidParameter: some of its pixels cannot be read.
        """
        ...


class Contents(AbstractContextManager["Contents"], Protocol):
    """The files of one product, by relative names with ``/``."""

    def names(self) -> tuple[str, ...]:
        """Return the names of all files, in order."""
        ...

    def has(self, name: str) -> bool:
        """Tell whether there is such a file."""
        ...

    def read(self, name: str, most: int = ...) -> bytes:
        """Return a file's bytes, or raise ``NotFound`` or ``TooLarge``."""
        ...

    def size(self, name: str) -> int:
        """Return a file's size in bytes, or raise ``NotFound``."""
        ...

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes."""
        ...


class Reader(Protocol):
    """Makes Items of one kind of product.

    An entry point of the group ``thalweg.readers`` names a callable that takes an ``ImageDescriber`` and returns a
    ``Reader``. Of several that recognise a path, those of a mission go before those of a format (``of_format``).
    """

    @property
    def of_format(self) -> bool:
        """Tell whether it reads a whole format, so that a reader of one mission's products goes first."""
        ...

    def recognises(self, path: Path) -> bool:
        """Tell whether a file or folder looks like one of its products: by name and first bytes, at little cost."""
        ...

    def read(self, path: Path) -> Sequence[Document]:
        """Return the Items of a product: without ``collection``, the hrefs of its own files relative (``./…``).

        Raises:
            InvalidParameter: it is broken; the parameter is the file or member that is wrong.
            UnsupportedMedia: it is of another kind after all.
            TooLarge: it cannot be read within the platform's bounds.
        """
        ...

    def contents(self, path: Path) -> Contents:
        """Open what the relative hrefs of its Items lead to."""
        ...


Outcome = Literal["registered", "replaced", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one document of a bulk; ``place`` counts within the call, ``error`` says why it was refused."""

    place: int
    id: str
    outcome: Outcome
    error: ThalwegError | None = None


class Registry(Protocol):
    """The part of a catalogue that takes many Items at once, each by itself."""

    def load(self, documents: Sequence[Document], who: Principal, *, replacing: bool) -> Sequence[Loaded]:
        """Register the Items, each or not, and say in their order what became of each.

        An Item that is there already, equal, is ``unchanged``; another with its id is ``replaced``, or ``refused``
        where nothing may be replaced.
        """
        ...
