"""Bags of bookings (multisets): whether one holds another, and which sums can be made of a part of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

Key = tuple[str, bytes, int]
"""A booking as statements tell it apart: bank day, fingerprint, cents."""
Bag = Mapping[Key, int]
SUMS_TRIED = 20_000
"""Beyond so many sums in one step nothing is excluded any more."""


def total(bag: Bag) -> int:
    """Return the sum of a bag in cents."""
    return sum(cents * count for (_, _, cents), count in bag.items())


def size(bag: Bag) -> int:
    """Return how many bookings a bag holds."""
    return sum(bag.values())


def holds(outer: Bag, inner: Bag) -> bool:
    """Return whether every booking of the inner bag is in the outer one, as often as there."""
    if len(inner) > len(outer):
        return False
    have = outer.get
    return all(have(key, 0) >= count for key, count in inner.items())


def common(one: Bag, other: Bag) -> Counter[Key]:
    """Return the bookings that both bags hold, each as often as in the one that holds it less often."""
    small, large = sorted((one, other), key=len)
    return Counter({key: min(count, large[key]) for key, count in small.items() if key in large})


def amounts(bag: Bag) -> Counter[int]:
    """Return how often each amount occurs."""
    found: Counter[int] = Counter()
    for (_, _, cents), count in bag.items():
        found[cents] += count
    return found


def without(bag: Bag, taken: Bag) -> Counter[int]:
    """Return the amounts of a bag after some of its bookings are taken out."""
    rest = amounts(bag)
    rest.subtract(amounts(taken))
    return +rest


def may_sum_to(cents: Mapping[int, int], target: int) -> bool:
    """Return whether a part of these amounts (how often each may be taken) can sum to the target.

    A `False` is certain; where there are too many sums to try them all, the answer is `True`.
    """
    least = sum(value * count for value, count in cents.items() if value < 0)
    most = sum(value * count for value, count in cents.items() if value > 0)
    sums = {0}
    for value, count in sorted(cents.items(), key=lambda one: -abs(one[0])):
        least, most = least - min(value, 0) * count, most - max(value, 0) * count
        if len(sums) * count > SUMS_TRIED:
            return True
        steps = [value * times for times in range(count + 1)]
        sums = {start + step for start in sums for step in steps if least <= target - start - step <= most}
        if not sums:
            return False
    return target in sums


def some_may_sum_to(cents: Mapping[int, int], target: int) -> bool:
    """Return whether a part of these amounts that is not empty can sum to the target; `False` is certain."""
    for value in cents:
        rest = Counter(cents)
        rest[value] -= 1
        if may_sum_to(+rest, target - value):
            return True
    return False
