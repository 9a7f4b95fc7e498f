"""The texts, methods and limits of the extension types (spec 03)."""

from __future__ import annotations

import pytest

from reference.errors import EvaluationError
from reference.extensions import datetime, decimal, duration, ipaddr
from reference.extensions.datetime import Datetime
from reference.extensions.decimal import Decimal
from reference.extensions.duration import Duration
from reference.extensions.ipaddr import IpAddr

LOWEST, HIGHEST = -(2**63), 2**63 - 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.0", 10_000), ("1.2345", 12_345), ("00001.10", 11_000), ("-0.5", -5_000), ("-0.0", 0),
        ("922337203685477.5807", HIGHEST), ("-922337203685477.5808", LOWEST),
    ],
)  # fmt: skip
def test_decimals(text: str, expected: int) -> None:
    assert decimal.parse(text) == Decimal(expected)
    assert decimal.parse(decimal.canonical(Decimal(expected))) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        "922337203685477.5808", "-922337203685477.5809", "99999999999999999999.0", "1.23456", "0.00000", "1",
        "1.", ".5", "-.5", "", "+1.0", "--1.0", "1.-1", "1e3", "1_0.0", " 1.0", "1.0 ", "1.0\n", "\u0661.0",
        "1.\u0661", "9" * 100_000 + ".0",
    ],
)  # fmt: skip
def test_no_decimals(text: str) -> None:
    with pytest.raises(EvaluationError, match="extension"):
        decimal.parse(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1", IpAddr(4, 0x7F000001, 32)), ("0.0.0.0/0", IpAddr(4, 0, 0)), ("::", IpAddr(6, 0, 128)),
        ("::1/0", IpAddr(6, 1, 0)), ("FFFF::", IpAddr(6, 0xFFFF << 112, 128)),
        ("1:2:3:4:5:6:7::", IpAddr(6, 0x00010002000300040005000600070000, 128)),
        ("1::3:4:5:6:7:8", IpAddr(6, 0x00010000000300040005000600070008, 128)),
        ("::ffff:102:304", IpAddr(6, 0xFFFF01020304, 128)),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", IpAddr(6, 2**128 - 1, 128)),
    ],
)  # fmt: skip
def test_addresses(text: str, expected: IpAddr) -> None:
    assert ipaddr.parse(text) == expected
    assert ipaddr.parse(ipaddr.canonical(expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1/33", "1.2.3.4/08", "1.2.3.4/", "1.2.3.4/ 8", "1.2.3.4/+8", "1.2.3.4/24/24", "127.0.0.01",
        "00.0.0.0", "256.0.0.1", "1.2.3", "1.2.3.4.5", "127.1", "::1/129", "::/001", "::/+1", "1::2::3",
        "fffff::", "00001::", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", ":1", "1:", ":::", "fe80::1%eth0",
        "[::1]", "", " ::1", "::1 ", "::ffff:1.2.3.4", "::g", "1.2.3.\u0664",
    ],
)  # fmt: skip
def test_no_addresses(text: str) -> None:
    with pytest.raises(EvaluationError, match="extension"):
        ipaddr.parse(text)


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("10.0.0.1", "10.0.0.0/24", True), ("10.0.0.0/24", "10.0.0.0/24", True),
        ("10.0.0.0/23", "10.0.0.0/24", False), ("10.0.0.5/24", "10.0.0.9/24", True),
        ("1.2.3.4/0", "0.0.0.0/0", True), ("10.0.0.1", "::/0", False), ("::1", "0.0.0.0/0", False),
    ],
)  # fmt: skip
def test_ranges(inner: str, outer: str, expected: bool) -> None:
    assert ipaddr.is_in_range(ipaddr.parse(inner), ipaddr.parse(outer)) is expected


@pytest.mark.parametrize(
    ("text", "loopback", "multicast"),
    [
        ("127.0.0.0/8", True, False), ("127.0.0.0/7", False, False), ("::1", True, False),
        ("::1/127", False, False), ("::ffff:7f00:1", False, False), ("224.0.0.0/4", False, True),
        ("224.0.0.0/3", False, False), ("240.0.0.0", False, False), ("ff00::/8", False, True),
        ("ff00::/7", False, False),
    ],
)  # fmt: skip
def test_loopback_and_multicast(text: str, loopback: bool, multicast: bool) -> None:
    address = ipaddr.parse(text)
    assert (ipaddr.is_loopback(address), ipaddr.is_multicast(address)) == (loopback, multicast)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01", 0), ("1969-12-31T23:59:59.999Z", -1), ("2024-10-15", 1728950400000),
        ("2024-10-15T11:35:00-0000", 1728992100000), ("2024-10-15T11:35:00+0130", 1728986700000),
        ("2024-10-15T11:35:00.123-0130", 1728997500123), ("2024-10-15T11:35:00+2359", 1728905760000),
        ("0000-01-01", -62167219200000), ("0000-01-01T00:00:00+2359", -62167305540000),
        ("9999-12-31T23:59:59.999-2359", 253402387139999), ("2024-02-29", 1709164800000),
        ("2000-02-29", 951782400000), ("0000-02-29", -62167219200000 + 59 * 86_400_000),
    ],
)  # fmt: skip
def test_datetimes(text: str, expected: int) -> None:
    assert datetime.parse(text) == Datetime(expected)


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31",
        "2024-10-15T11:35:00", "2024-10-15T11:35Z", "2024-10-15T11:35:00.1Z", "2024-10-15T11:35:00.1234Z",
        "2024-10-15T11:35:00.Z", "2024-10-15T11:35:00,123Z", "2024-10-15T24:00:00Z", "2024-10-15T23:60:00Z",
        "2024-10-15T23:59:60Z", "2024-10-15T11:35:00+2400", "2024-10-15T11:35:00+1260",
        "2024-10-15T11:35:00+01:00", "2024-10-15T11:35:00+01", "2024-10-15t11:35:00Z", "2024-10-15T11:35:00z",
        "2024-10-15 11:35:00Z", "2024-10-15Z", "2024-10-15T", "24-10-15", "2024-1-5", "20240-10-15",
        "-2024-10-15", "+2024-10-15", " 2024-10-15", "2024-10-15 ", "2024-10-15\n", "", "\u0662024-10-15",
    ],
)  # fmt: skip
def test_no_datetimes(text: str) -> None:
    with pytest.raises(EvaluationError, match="extension"):
        datetime.parse(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1d2h3m4s5ms", 93784005), ("-1d2h", -93600000), ("-0ms", 0), ("1m1ms", 60001), ("1h1ms", 3600001),
        ("60m60s", 3660000), ("00001s", 1000), ("9223372036854775807ms", HIGHEST),
        ("-9223372036854775808ms", LOWEST), ("106751991167d7h12m55s807ms", HIGHEST),
        ("-106751991167d7h12m55s808ms", LOWEST),
    ],
)  # fmt: skip
def test_durations(text: str, expected: int) -> None:
    assert duration.parse(text) == Duration(expected)
    assert duration.parse(duration.canonical(Duration(expected))) == Duration(expected)


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "1", "ms", "+1d", "--1d", "1d-2h", "1h1d", "1d1d", "1ms2s", "1s1m", "1.5h", "1D", "1w", "1us",
        "1d5", "1d 2h", "1d ", " 1d", "1d\n", "9223372036854775808ms", "-9223372036854775809ms", "106751991168d",
        "106751991167d7h12m55s808ms", "18446744073709551616ms", "\u0661d", "1" * 100_000 + "d",
    ],
)  # fmt: skip
def test_no_durations(text: str) -> None:
    with pytest.raises(EvaluationError, match="extension"):
        duration.parse(text)


def test_conversions_cut_toward_zero() -> None:
    assert duration.to_seconds(Duration(-1500)) == -1
    assert duration.to_minutes(duration.parse("-90s")) == -1
    assert duration.to_days(duration.parse("-25h")) == -1
    assert duration.to_days(duration.parse("-23h")) == 0
    assert duration.to_days(duration.parse("36h")) == 1


def test_dates_and_times_of_instants() -> None:
    evening = datetime.parse("1969-12-31T23:00:00Z")
    assert datetime.to_date(evening) == datetime.parse("1969-12-31")
    assert datetime.to_time(evening) == duration.parse("23h")
    assert datetime.to_time(Datetime(LOWEST)) == duration.parse("16h47m4s192ms")
    for instant in (evening, Datetime(HIGHEST), Datetime(0), Datetime(-86_400_000)):
        assert datetime.offset(datetime.to_date(instant), datetime.to_time(instant)) == instant


@pytest.mark.parametrize(
    "overflow",
    [
        lambda: datetime.to_date(Datetime(LOWEST)),
        lambda: datetime.offset(Datetime(86_400_000), Duration(HIGHEST)),
        lambda: datetime.duration_since(Datetime(HIGHEST), Datetime(-1)),
    ],
)
def test_leaving_the_range_is_an_extension_error(overflow: object) -> None:
    with pytest.raises(EvaluationError, match="extension"):
        overflow()  # type: ignore[operator]
