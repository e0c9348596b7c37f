"""Arrays of a file as readers look at them: names, dimensions and attributes at once, numbers when asked, bounded."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thalweg.core.errors import InvalidParameter, TooLarge

MOST_VALUES = 10_000_000
"""Numbers of one array that are read whole: coordinates, never data."""
_NUMBERS = "iufb"
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Variable:
    """One array: ``take`` reads a range of its first dimension, raw."""

    name: str
    dimensions: tuple[str, ...]
    shape: tuple[int, ...]
    kind: str
    attributes: Mapping[str, Any]
    take: Callable[[int, int], NDArray[Any]]

    def text(self, attribute: str) -> str:
        """Return an attribute's text, empty where it is none."""
        value = self.attributes.get(attribute, "")
        return value.strip() if isinstance(value, str) else ""

    def values(self) -> Floats:
        """Return all numbers: scaled as CF says, NaN where they are missing.

        Raises:
            TooLarge: there are more than may be read.
            InvalidParameter: they are no numbers, or cannot be read.
        """
        if math.prod(self.shape) > MOST_VALUES:
            raise TooLarge(f"{self.name}: a coordinate may have {MOST_VALUES} numbers")
        return self.part(0, self.shape[0] if self.shape else 1)

    def part(self, start: int, end: int) -> Floats:
        """Return the numbers of a range of the first dimension, see ``values``."""
        if np.dtype(self.kind).kind not in _NUMBERS:
            raise InvalidParameter(self.name, f"its values are {self.kind[:32]}, not numbers")
        raw = np.asarray(self.take(start, end))
        found = raw.astype(float)
        for attribute in ("_FillValue", "missing_value"):
            fill = _number(self.attributes.get(attribute))
            if fill is not None:
                found[raw == fill] = np.nan
        scale, offset = _number(self.attributes.get("scale_factor")), _number(self.attributes.get("add_offset"))
        return found * (1.0 if scale is None else scale) + (0.0 if offset is None else offset)


@dataclass(frozen=True, slots=True)
class Arrays:
    """The arrays of one file or group, its attributes, and the sizes of its dimensions."""

    variables: Mapping[str, Variable]
    attributes: Mapping[str, Any]
    dimensions: Mapping[str, int]

    def text(self, attribute: str) -> str:
        """Return an attribute's text, empty where it is none."""
        value = self.attributes.get(attribute, "")
        return value.strip() if isinstance(value, str) else ""


def plain(value: Any) -> Any:  # noqa: ANN401 - what a file holds
    """Return an attribute as Python knows it: text, number, list, or ``None`` for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.size != 1 else value.reshape(-1)[0]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, str | int | float | list) else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
