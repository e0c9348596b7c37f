"""What many values tell at once is what they tell one by one."""

import random

from thalweg.catalogue.sightings import Sighting

POOLS = (
    [1, 2, 3, 1.0, 2.5, 10**20],
    ["a", "b", "c"],
    ["2024-01-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-01-29T00:00:00.123Z", "2024-x", "0000-01-01T00:00:00Z"],
    [None, True, 1],
    [[1], [2]],
    [{}],
    [f"s{n}" for n in range(40)],
    list(range(60)),
    ["x" * 90, "y"],
    ["2024-01-01", "2024-01-01T00:00:00.1234567890123Z"],
)


def test_many_values_tell_what_they_tell_one_by_one():
    chance = random.Random(1)  # noqa: S311 - made data
    for _ in range(3000):
        together = one_by_one = Sighting()
        for _ in range(3):
            pool = [value for some in chance.sample(POOLS, chance.choice([1, 1, 2])) for value in some]
            values = [chance.choice(pool) for _ in range(chance.randrange(1, 50))]
            together = together.with_values(values)
            for value in values:
                if value is not None:
                    one_by_one = one_by_one.with_value(value)
            assert together == one_by_one
        assert together.with_values(values) is together
