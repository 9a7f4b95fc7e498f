"""Hashes of numbers: inputs crafted against Python's own hashes cost what ordinary ones cost."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from time import process_time

import pytest

from reference.entities import EMPTY
from reference.evaluator import evaluate
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr
from reference.integers import MAX_LONG, MIN_LONG, keyed_hash
from reference.json.requests import read_request
from reference.text.parser import parse_expression
from reference.values import TRUE, Long

COUNT = 20_000
MERSENNE = sys.hash_info.modulus
WORD = 2**64
XXPRIME_1, XXPRIME_2, XXPRIME_5 = 11400714785074694791, 14029467366897019727, 2870177450012600261
LENGTH_OF_ONE = 1 ^ XXPRIME_5 ^ 3527539


def number_of(tuple_hash: int) -> int:
    """The number whose tuple of one has a hash: the steps of CPython's tuple hash, undone."""
    mixed = (tuple_hash - LENGTH_OF_ONE) * pow(XXPRIME_1, -1, WORD) % WORD
    rotated = (mixed >> 31 | mixed << 33) % WORD
    lane = (rotated - XXPRIME_5) * pow(XXPRIME_2, -1, WORD) % WORD
    return lane - WORD if lane >= WORD // 2 else lane


def colliding(count: int) -> list[int]:
    """Longs whose tuples of one have hashes that end in the same 22 bits, so that a table of them is one chain."""
    candidates = (number_of(number << 22) for number in range(1, 8 * count))
    return [number for number in candidates if abs(number) < MERSENNE][:count]


CRAFTED = {
    "tuple hashes that end alike": colliding(COUNT),
    "multiples of a large power of two": [number << 40 for number in range(COUNT)],
    "sums of multiples of the modulus": [
        high * MERSENNE + low for high in range(-3, 4) for low in range(COUNT // 7 + 1)
    ][:COUNT],
}
KINDS: dict[str, Callable[[int], object]] = {
    "long": Long,
    "decimal": Decimal,
    "datetime": Datetime,
    "duration": Duration,
    "ip": lambda number: IpAddr(6, number % 2**128, 128),
}


def test_the_crafted_numbers_collide_in_the_hashes_of_python() -> None:
    crafted = CRAFTED["tuple hashes that end alike"]
    assert len(set(crafted)) == COUNT
    assert {hash((number,)) % 2**22 for number in crafted} == {0}


@pytest.mark.parametrize("numbers", CRAFTED.values(), ids=list(CRAFTED))
@pytest.mark.parametrize("make", KINDS.values(), ids=list(KINDS))
def test_hashes_are_spread_over_a_table(make: Callable[[int], object], numbers: Sequence[int]) -> None:
    """Of 65,536 places 20,000 random hashes take 17,230, give or take fifty."""
    assert len({hash(make(number)) % 2**16 for number in numbers}) > 17_000


def test_addresses_that_differ_by_the_modulus_have_different_hashes() -> None:
    assert len({hash(IpAddr(6, number * MERSENNE, 128)) for number in range(COUNT)}) == COUNT


@pytest.mark.parametrize("number", [0, -1, MIN_LONG, MAX_LONG, 2**128 - 1])
def test_equal_numbers_have_equal_hashes(number: int) -> None:
    assert keyed_hash(number) == keyed_hash(int(str(number)))


def cost(numbers: Sequence[int]) -> float:
    """The time for reading sets of the numbers and for every operation on sets, the least of three."""
    array = json.dumps(numbers)
    uids = '"principal":"U::\\"a\\"","action":"Action::\\"x\\"","resource":"R::\\"r\\""'
    text = f'{{{uids},"context":{{"a":{array},"b":{array}}}}}'
    condition = parse_expression(
        f"context.a == context.b && context.a.containsAll(context.b) && context.a.containsAny(context.b)"
        f" && context.a.contains({numbers[-1]}) && [context.a].contains(context.b)"
    )
    times = []
    for _ in range(3):
        start = process_time()
        assert evaluate(condition, read_request(text), EMPTY) == TRUE
        times.append(process_time() - start)
    return min(times)


@pytest.mark.slow
@pytest.mark.parametrize("numbers", CRAFTED.values(), ids=list(CRAFTED))
def test_crafted_sets_cost_what_ordinary_sets_cost(numbers: Sequence[int]) -> None:
    """Of numbers with as many digits."""
    ordinary = [10 ** (len(str(numbers[-1])) - 1) + 7 * number for number in range(len(numbers))]
    assert cost(numbers) < 3 * cost(ordinary)
