"""Collections of Records made for what is put into them, and let go of again where that fails."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from thalweg.core.errors import NotFound, ThalwegError
from thalweg.core.workspaces import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.records.service import Records
    from thalweg.core.principals import Principal


def records_of_workspace(workspace: str) -> str:
    """Return the Collection that takes the Records which come into a workspace and name none."""
    return "records" if workspace == PUBLIC else f"{workspace}.records"


@contextmanager
def made_for(records: Records, catalogue: str, description: str, who: Principal) -> Iterator[None]:
    """Make a Collection of Records where it is not there, and where what is done inside fails let it go again.

    Raises:
        Conflict: it is a Collection of Items.
        Forbidden: ``who`` may not write there.
    """
    is_new = _is_missing(records, catalogue, who)
    records.ensure_catalogue(catalogue, "Records", description, who)
    try:
        yield
    except ThalwegError:
        if is_new:
            # It stays where somebody else has put something in meanwhile.
            with suppress(ThalwegError):
                records.remove_catalogue(catalogue, who)
        raise


def _is_missing(records: Records, catalogue: str, who: Principal) -> bool:
    try:
        records.catalogue(catalogue, who)
    except NotFound:
        return True
    return False
