"""What tests of plans share."""


class Stored(tuple):
    """A store and what is in it; short to print."""

    __slots__ = ()

    def __repr__(self):
        return "stored"
