"""Where our web process spends its time while CSW and Records are asked."""

from csw_asking import of_csw, of_records
from csw_rows import CswRow
from profiling import profiled
from serving import Served


def told(served: Served, rows: list[CswRow], seconds: float) -> None:
    """Ask each row and print the functions that it spends its time in."""
    for row in rows:
        profiled(served, f"{row.name}: CSW", [of_csw(served, row, one) for one in row.csw], seconds)
        if row.records:
            profiled(served, f"{row.name}: Records", [of_records(one) for one in row.records], seconds)
