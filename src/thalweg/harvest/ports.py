"""What harvest needs of others, and what those must offer who bring Items in."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from thalweg.core.coverages import RasterFacts
from thalweg.core.errors import ThalwegError
from thalweg.core.items import Document


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


@runtime_checkable
class Lying(Protocol):
    """Contents whose files are files of this machine, not parts of one."""

    def path(self, name: str) -> Path:
        """Return where a file or folder of the product lies, or raise ``InvalidParameter``."""
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


@dataclass(frozen=True, slots=True)
class Row:
    """One document of a bulk source, or why it could not be read.

    Attributes:
        place: of the document in its source, from 1: a line, a row, or the number in which it was found.
        document: an Item or a Collection.
        done: how much of the source's ``extent`` is read once this is: bytes, rows.
        address: what a person calls the place where it is not a number: a file or URL.
        size: in bytes, where it is known.
        contents: opens the files that its relative hrefs lead to, where they lie beside it.
    """

    place: int
    document: Document | ThalwegError
    done: int
    address: str = ""
    size: int = 0
    contents: Callable[[], Contents] | None = None


class Part(Protocol):
    """Some documents of a source that follow each other: small enough to be handed to another process."""

    @property
    def place(self) -> int:
        """Return the place of its last document."""
        ...

    @property
    def done(self) -> int:
        """Return how much of the source's extent is read once it is."""
        ...

    def rows(self) -> Iterator[Row]:
        """Yield its documents; those of a part bring no files."""
        ...


class Source(Protocol):
    """Many documents, one after the other, never all at once."""

    @property
    def name(self) -> str:
        """Return what people call it."""
        ...

    @property
    def extent(self) -> int | None:
        """Return how much there is to read, in the measure of ``Row.done``; ``None`` where nobody knows."""
        ...

    def fingerprint(self) -> str:
        """Return what changes when the source does, so that a load goes on only where it was."""
        ...

    def rows(self, after: int) -> Iterator[Row]:
        """Yield the documents behind a place, in an order that is always the same."""
        ...


@runtime_checkable
class Divisible(Protocol):
    """A source whose documents can be read by several processes at once."""

    def parts(self, after: int, most: int) -> Iterator[Part]:
        """Yield parts of at most so many documents behind a place, in order, at little cost."""
        ...
