"""An upload is put into a file, bounded, before anything looks at it."""

from collections.abc import Iterable
from pathlib import Path

from thalweg.core.errors import TooLarge


def spool(chunks: Iterable[bytes], into: Path, most: int) -> None:
    """Write an upload to a new file.

    Raises:
        TooLarge: it has more than ``most`` bytes.
    """
    size = 0
    with into.open("xb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise TooLarge(f"a file that is brought in may have {most} bytes")
            file.write(chunk)
