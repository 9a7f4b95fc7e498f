"""Factoring of constants, and the lemma about products that it gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drt.symbolic.analyzer import Fails, Holds
from drt.symbolic.factors import divisors, is_prime
from tests.drt.symbolic.questions import asked


@given(st.integers(1, 20_000))
def test_divisors(number: int) -> None:
    expected = [one for one in range(1, number + 1) if number % one == 0]

    assert divisors(number) in (expected, None)
    assert is_prime(number) is (len(expected) == 2)


def test_products_of_large_primes() -> None:
    assert divisors(2147483647 * 2147483629) == [1, 2147483629, 2147483647, 2147483647 * 2147483629]
    assert divisors(0) is None
    assert divisors(2**60 * 3 * 5 * 7) is None


def test_factors_of_a_semiprime_are_found() -> None:
    positive = "context.a > 1 && context.b > 1"

    assert isinstance(asked("never-matches", f"{positive} && context.a * context.b == 999962000357"), Fails)
    assert isinstance(asked("never-matches", f"{positive} && context.a * context.b == 2147483647"), Holds)
    assert isinstance(
        asked("never-matches", f"{positive} && context.a * context.b == 4611685975477714963"), Fails
    )
    assert isinstance(asked("never-matches", "context.a < 0 && context.a * context.b == -6"), Fails)
    assert isinstance(asked("never-matches", "context.a * context.a == 999962000357"), Holds)
