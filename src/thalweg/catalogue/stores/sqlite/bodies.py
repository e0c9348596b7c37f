"""The documents of Items, packed by what their Collection's Items have in common: as a form, and by zstd."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import apsw
import zstandard

from thalweg.catalogue.stores.sqlite.form_learning import form_of
from thalweg.catalogue.stores.sqlite.forms import Form

K = TypeVar("K")
T = TypeVar("T")
NEWEST = "SELECT d, z FROM doc WHERE n IN (SELECT n FROM item WHERE c = ? ORDER BY t DESC, n DESC LIMIT ?)"
"""The newest documents of a Collection as they are packed, each with the number of its book."""
QUICK, CLOSE = 3, 9
"""Levels of zstd: to take Items in, and to compact them."""
_DICTIONARY_BYTES = 16 * 1024
"""Measured on Sentinel-2 and Landsat Items: 16 KB pack twice as well as 64 or 112, which hold one Item's own words."""
_FORM_BYTES = 8 * 1024
"""A dictionary of what fills in forms: half of it costs 5 % more, twice as much gains 3 %."""
ENOUGH = 64
"""So many Items teach a dictionary."""
_MOST_TAUGHT = 128
_FORMS = 4
"""So many forms of a Collection, the newest, are tried on a document."""
_KEPT = 128
DELTA = -1
"""In the place of a dictionary's number: packed by the version that came after."""


class Book(NamedTuple):
    """What a Collection's documents are packed by.

    Attributes:
        d: its number.
        words: a dictionary of zstd.
        form: for documents that fill it in; nothing for any.
    """

    d: int
    words: bytes | None
    form: bytes | None = None


class _Packer(NamedTuple):
    form: Form | None
    zstd: zstandard.ZstdCompressor


class Packers(threading.local):
    """Packs; each thread has its own contexts, as zstd wants it."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._packers: OrderedDict[tuple[bytes | None, bytes | None], _Packer] = OrderedDict()
        self._last = 0

    def packed(self, books: Sequence[Book], body: bytes) -> tuple[int, bytes]:
        """Pack a document by the first book that takes it, or by none; return the book's number too."""
        # Documents that come together are alike: the form that took the last is likely to take this one.
        last = self._last
        if last < len(books) and books[last].form is not None:
            z = self._filled(books[last], body)
            if z is not None:
                return books[last].d, z
        for place, book in enumerate(books):
            z = self._filled(book, body)
            if z is not None:
                self._last = place
                return book.d, z
        return 0, self._packer(None, None).zstd.compress(body)

    def _filled(self, book: Book, body: bytes) -> bytes | None:
        form, zstd = self._packer(book.words, book.form)
        said = body if form is None else form.fillings(body)
        return None if said is None else zstd.compress(said)

    def fits(self, book: Book, body: bytes) -> bool:
        """Tell whether a document fills in the form of a book."""
        form = self._packer(book.words, book.form).form
        return form is not None and form.fillings(body) is not None

    def _packer(self, words: bytes | None, form: bytes | None) -> _Packer:
        packer = self._packers.get((words, form))
        if packer is None:
            data = None if words is None else zstandard.ZstdCompressionDict(words)
            if data is not None:
                data.precompute_compress(self._level)
            # The number of the book tells which dictionary it was.
            zstd = zstandard.ZstdCompressor(self._level, dict_data=data, write_dict_id=False)
            packer = _Packer(None if form is None else Form.read(form), zstd)
            _keep(self._packers, (words, form), packer)
        return packer


class Bodies(threading.local):
    """Unpacks what one store packed; each thread has its own contexts. What is under a book's number never changes."""

    def __init__(self) -> None:
        self._unpackers: OrderedDict[int, Callable[[bytes], bytes]] = OrderedDict()

    def known(self, d: int, packed: bytes) -> bytes | None:
        """Unpack a document if its book is at hand."""
        unpack = self._unpackers.get(d)
        return None if unpack is None else unpack(packed)

    def unpacked(self, connection: apsw.Connection, d: int, packed: bytes) -> bytes:
        """Unpack a document that was packed by book ``d``."""
        unpack = self._unpackers.get(d)
        if unpack is None:
            unpack = unpacker(book(connection, d))
            _keep(self._unpackers, d, unpack)
        return unpack(packed)


def unpacker(by: Book) -> Callable[[bytes], bytes]:
    """Return what unpacks the documents that were packed by a book."""
    data = None if by.words is None else zstandard.ZstdCompressionDict(by.words)
    decompress = zstandard.ZstdDecompressor(dict_data=data).decompress
    if by.form is None:
        return decompress
    text = Form.read(by.form).text
    return lambda packed: text(decompress(packed))


def _keep(kept: OrderedDict[K, T], key: K, context: T) -> None:
    kept[key] = context
    if len(kept) > _KEPT:
        kept.popitem(last=False)


def book(connection: apsw.Connection, d: int) -> Book:
    """Return a book by its number; one without words for 0."""
    row: Any = connection.execute("SELECT d, body, form FROM dict WHERE d = ?", (d,)).get
    return Book(0, None) if row is None else _book(*row)


def books(connection: apsw.Connection, c: int) -> tuple[Book, ...]:
    """Return what a Collection's next documents are packed by: its newest forms, then its newest dictionary."""
    rows: Any = connection.execute("SELECT d, body, form FROM dict WHERE c = ? ORDER BY d DESC", (c,)).fetchall()
    found = [_book(*row) for row in rows]
    forms = [one for one in found if one.form is not None]
    return (*forms[:_FORMS], *[one for one in found if one.form is None][:1])


def newest(connection: apsw.Connection, c: int) -> int:
    """Return the number of a Collection's newest book, 0 where it has none."""
    number: int | None = connection.execute("SELECT max(d) FROM dict WHERE c = ?", (c,)).get
    return number or 0


def _book(d: int, body: bytes, form: bytes | None) -> Book:
    return Book(d, body or None, None if form is None else zstandard.decompress(form))


def keep(connection: apsw.Connection, c: int, several: Sequence[Book], after: int) -> None:
    """Give a Collection books, unless others came after the one that was the newest."""
    if newest(connection, c) == after:
        for one in several:
            form = None if one.form is None else zstandard.compress(one.form, CLOSE)
            connection.execute("INSERT INTO dict (c, body, form) VALUES (?, ?, ?)", (c, one.words or b"", form))


def taught(bodies: Sequence[bytes]) -> Book | None:
    """Return a dictionary of what the documents have in common; nothing where they are too few or too unlike."""
    words = _trained(_DICTIONARY_BYTES, _spread(bodies)) if len(bodies) >= ENOUGH else None
    return None if words is None else Book(0, words)


def form_taught(bodies: Sequence[bytes]) -> Book | None:
    """Return the form of most of the documents; nothing where they are too few or too unlike."""
    sample = _spread(bodies)
    form = form_of(sample) if len(bodies) >= ENOUGH else None
    said = [] if form is None else [one for one in map(form.fillings, sample) if one is not None]
    if form is None or len(said) < len(sample) // 2:
        return None
    return Book(0, _trained(_FORM_BYTES, said), form.written())


def _spread(bodies: Sequence[bytes]) -> Sequence[bytes]:
    """Return some of many documents: those beside each other are much alike."""
    return bodies[:: max(1, len(bodies) // _MOST_TAUGHT)][:_MOST_TAUGHT]


def _trained(size: int, texts: Sequence[bytes]) -> bytes | None:
    try:
        return zstandard.train_dictionary(size, list(texts)).as_bytes()
    except zstandard.ZstdError:
        return None


def delta(old: bytes, new: bytes) -> bytes:
    """Pack a document by the one that took its place."""
    return zstandard.ZstdCompressor(3, dict_data=_raw(new)).compress(old)


def undone(packed: bytes, new: bytes) -> bytes:
    """Return the document that ``delta`` packed."""
    return zstandard.ZstdDecompressor(dict_data=_raw(new)).decompress(packed)


def _raw(body: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(body, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
