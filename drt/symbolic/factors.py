"""A lemma about products: two factors of a constant are among its divisors.

Solvers search for factors bit by bit; factoring the constant beforehand leaves them a choice of a few. The
lemma is valid, so it changes no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd, isqrt

from drt.symbolic.sorts import BOOL
from drt.symbolic.terms import Term, and_, below, const, eq, implies, not_, operation, or_

MOST_DIVISORS = 128
MOST_STEPS = 200_000
"""Steps of the search for one factor: enough for every product of two factors of 32 bits."""


def product_lemmas(assertions: Sequence[Term]) -> Iterator[Term]:
    """State for each product that is compared with a constant which factors it can have."""
    for term in below(assertions):
        if term.op != "eq":
            continue
        for product, constant in (term.args, term.args[::-1]):
            if product.op == "mul" and constant.op == "const":
                assert isinstance(constant.payload, int)
                yield from _lemma(product, term, constant.payload)


def _lemma(product: Term, equation: Term, value: int) -> Iterator[Term]:
    found = divisors(abs(value))
    if found is None:
        return
    left, right = product.args
    cases = [
        and_(eq(left, const(left.sort, divisor)), eq(right, const(right.sort, value // divisor)))
        for positive in found
        for divisor in (positive, -positive)
    ]
    exact = not_(operation("mul-overflows", BOOL, left, right))
    yield implies(and_(exact, equation), or_(*cases))


def divisors(number: int) -> list[int] | None:
    """List the positive divisors, None for zero and where they are many or hard to find."""
    if number == 0:
        return None
    primes = _prime_factors(number)
    if primes is None:
        return None
    found = [1]
    for prime in sorted(set(primes)):
        powers = [prime**power for power in range(primes.count(prime) + 1)]
        found = [divisor * power for divisor in found for power in powers]
    return sorted(found) if len(found) <= MOST_DIVISORS else None


def _prime_factors(number: int) -> list[int] | None:
    waiting, primes = [number], []
    while waiting:
        one = waiting.pop()
        if one == 1:
            continue
        if is_prime(one):
            primes.append(one)
            continue
        factor = _factor(one)
        if factor is None:
            return None
        waiting += [factor, one // factor]
    return primes


def is_prime(number: int) -> bool:
    """Test by strong probable primes to the first twelve bases, exact below 2^64 (Sorenson and Webster)."""
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    if number < 2 or any(number % base == 0 for base in bases):
        return number in bases
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in bases:
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def _factor(number: int) -> int | None:
    """Find a proper factor of a composite number: small ones by trial, others by Pollard's rho."""
    for small in range(2, 1000):
        if number % small == 0:
            return small
    if isqrt(number) ** 2 == number:
        return isqrt(number)
    for start in (1, 3, 5):
        slow = fast = 2
        for _ in range(MOST_STEPS):
            slow = (slow * slow + start) % number
            fast = (fast * fast + start) % number
            fast = (fast * fast + start) % number
            factor = gcd(abs(slow - fast), number)
            if factor == number:
                break
            if factor > 1:
                return factor
    return None
