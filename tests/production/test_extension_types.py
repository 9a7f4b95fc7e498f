"""The four extension types accept and mean what spec 03 says."""

from __future__ import annotations

import pytest

from production.errors import EvaluationError
from production.language.datetimes import parse_datetime
from production.language.decimals import parse_decimal
from production.language.durations import parse_duration
from production.language.extensions import FUNCTIONS, call
from production.language.ipaddrs import parse_ip


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("1.0", 10_000),
        ("0.0", 0),
        ("1.2345", 12_345),
        ("00001.10", 11_000),
        ("-1.0", -10_000),
        ("-0.5", -5_000),
        ("-0.0", 0),
        ("922337203685477.5807", 2**63 - 1),
        ("-922337203685477.5808", -(2**63)),
    ],
)
def test_decimals_are_ten_thousandths(text: str, units: int) -> None:
    assert parse_decimal(text).units == units


@pytest.mark.parametrize(
    "text",
    ["922337203685477.5808", "-922337203685477.5809", "922337203685478.0", "99999999999999999999.0"]
    + [
        "1.23456",
        "0.00000",
        "1",
        "1.",
        ".5",
        "-.5",
        "",
        "+1.0",
        "--1.0",
        "1.-1",
        "1e3",
        "1_0.0",
        " 1.0",
        "1.0 ",
    ]
    + ["١.0", "1.٠", "1.0.0", "-", "."],
)
def test_other_texts_are_no_decimals(text: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        parse_decimal(text)

    assert caught.value.kind == "extension"


@pytest.mark.parametrize(
    ("units", "text"), [("-0.5", "-0.5000"), ("1.2", "1.2000"), ("-922337203685477.5808",) * 2]
)
def test_a_decimal_prints_with_four_fraction_digits(units: str, text: str) -> None:
    assert str(parse_decimal(units)) == text


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1", "127.0.0.1/8", "127.0.0.1/32", "127.0.0.1/0", "0.0.0.0", "::", "::1", "::1/128", "::1/0"]
    + ["FFFF::", "0001::", "1:2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8"]
    + ["::ffff:7f00:1", "1111:2222:3333:4444:5555:6666:7777:8888/128"],
)
def test_addresses_are_read_and_read_back(text: str) -> None:
    address = parse_ip(text)

    assert parse_ip(str(address)) == address


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1/33", "127.0.0.1/08", "127.0.0.1/", "127.0.0.1/ 8", "127.0.0.1/+8", "1.2.3.4/24/24"]
    + ["127.0.0.01", "00.0.0.0", "256.0.0.1", "1.2.3", "1.2.3.4.5", "127.1", "::1/129", "::/001", "::/+1"]
    + ["1::2::3", "fffff::", "00001::", "1:2:3:4:5:6:7:8:9", ":1", "1:", ":::", "fe80::1%eth0", "[::1]", ""]
    + [" ::1", "::1 ", "::ffff:1.2.3.4", "::1.2.3.4", "a:b:c:d:e:f:1.2.3.4", "1:2:3:4::5:6:7:8", "1.2.3.４"]
    + ["1:2:3:4:5:6:7", "::٣", "1..2.3", "1.2.3.4/000000000000000000000000000000000000000000"],
)
def test_other_texts_are_no_addresses(text: str) -> None:
    with pytest.raises(EvaluationError):
        parse_ip(text)


@pytest.mark.parametrize(
    ("inner", "outer", "is_in"),
    [
        ("10.0.0.1", "10.0.0.0/24", True),
        ("10.0.0.0/24", "10.0.0.0/24", True),
        ("10.0.0.0/23", "10.0.0.0/24", False),
        ("10.0.0.5/24", "10.0.0.9/24", True),
        ("1.2.3.4/0", "0.0.0.0/0", True),
        ("10.0.0.1", "::/0", False),
        ("::1", "0.0.0.0/0", False),
    ],
)
def test_ranges_contain_by_their_bounds(inner: str, outer: str, is_in: bool) -> None:
    assert parse_ip(inner).is_in(parse_ip(outer)) is is_in


@pytest.mark.parametrize(
    ("text", "method", "result"),
    [
        ("127.0.0.0/8", "isLoopback", True),
        ("127.0.0.0/7", "isLoopback", False),
        ("::1/127", "isLoopback", False),
        ("::/0", "isLoopback", False),
        ("::1", "isLoopback", True),
        ("::ffff:7f00:1", "isLoopback", False),
        ("224.0.0.0/4", "isMulticast", True),
        ("224.0.0.0/3", "isMulticast", False),
        ("240.0.0.0", "isMulticast", False),
        ("ff00::/8", "isMulticast", True),
        ("ff00::/7", "isMulticast", False),
        ("::", "isIpv4", False),
        ("::", "isIpv6", True),
    ],
)
def test_address_methods_look_at_the_whole_range(text: str, method: str, result: bool) -> None:
    assert call(FUNCTIONS[method], [parse_ip(text)]) is result


def test_host_bits_take_part_in_equality_and_case_does_not() -> None:
    assert parse_ip("10.0.0.1/24") != parse_ip("10.0.0.0/24")
    assert parse_ip("10.0.0.1") == parse_ip("10.0.0.1/32")
    assert parse_ip("ABCD::") == parse_ip("abcd::")
    assert parse_ip("0.0.0.0/0") != parse_ip("::/0")


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1970-01-01", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2024-10-15", 1728950400000),
        ("2024-10-15T11:35:00Z", 1728992100000),
        ("2024-10-15T11:35:00.000Z", 1728992100000),
        ("2024-10-15T11:35:00-0000", 1728992100000),
        ("2024-10-15T11:35:00+0130", 1728986700000),
        ("2024-10-15T11:35:00.123-0130", 1728997500123),
        ("2024-10-15T11:35:00+2359", 1728905760000),
        ("2024-10-15T11:35:00-2359", 1729078440000),
        ("0000-01-01", -62167219200000),
        ("0000-01-01T00:00:00+2359", -62167305540000),
        ("9999-12-31", 253402214400000),
        ("9999-12-31T23:59:59.999-2359", 253402387139999),
        ("2024-02-29", 1709164800000),
        ("2000-02-29", 951782400000),
    ],
)
def test_instants_count_milliseconds(text: str, milliseconds: int) -> None:
    assert parse_datetime(text).milliseconds == milliseconds


_NO_INSTANTS = [
    "2023-02-29",
    "1900-02-29",
    "2024-13-01",
    "2024-00-01",
    "2024-01-00",
    "2024-04-31",
    "2024-10-15T11:35:00",
    "2024-10-15T11:35Z",
    "2024-10-15T11:35:00.1Z",
    "2024-10-15T11:35:00.1234Z",
    "2024-10-15T11:35:00.Z",
    "2024-10-15T11:35:00,123Z",
    "2024-10-15T24:00:00Z",
    "2024-10-15T23:60:00Z",
    "2024-10-15T23:59:60Z",
    "2024-10-15T11:35:00+2400",
    "2024-10-15T11:35:00+1260",
    "2024-10-15T11:35:00+01:00",
    "2024-10-15T11:35:00+01",
    "2024-10-15t11:35:00Z",
    "2024-10-15T11:35:00z",
    "2024-10-15Z",
    "2024-10-15T",
    "24-10-15",
    "2024-1-5",
    "20240-10-15",
    "-2024-10-15",
    "+2024-10-15",
    "2024-10-1٥",
    "2024/10/15",
    "2024-10-15T11:35:00.12３Z",
    "2024-10-15T11:35:00.123",
    "2024-10-15T11:35:00.123ZZ",
]


@pytest.mark.parametrize("text", [*_NO_INSTANTS, "", " 2024-10-15", "2024-10-15 ", "2024-10-15 11:35:00Z"])
def test_other_texts_are_no_instants(text: str) -> None:
    with pytest.raises(EvaluationError):
        parse_datetime(text)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("1d2h3m4s5ms", 93784005),
        ("-1d2h", -93600000),
        ("0ms", 0),
        ("-0ms", 0),
        ("9223372036854775807ms", 2**63 - 1),
        ("-9223372036854775808ms", -(2**63)),
        ("106751991167d7h12m55s807ms", 2**63 - 1),
        ("-106751991167d7h12m55s808ms", -(2**63)),
        ("106751991167d", 9223372036828800000),
        ("60m60s", 3660000),
        ("01d", 86400000),
        ("00001s", 1000),
        ("1m1ms", 60001),
        ("1h1ms", 3600001),
        ("1d1ms", 86400001),
    ],
)
def test_durations_count_milliseconds(text: str, milliseconds: int) -> None:
    assert parse_duration(text).milliseconds == milliseconds


_NO_DURATIONS = [
    "-",
    "1",
    "ms",
    "+1d",
    "--1d",
    "1d-2h",
    "1h1d",
    "1d1d",
    "1ms2s",
    "1s1m",
    "1.5h",
    "1D",
    "1w",
    "1us",
    "1d5",
    "9223372036854775808ms",
    "-9223372036854775809ms",
    "106751991168d",
    "106751991167d7h12m55s808ms",
    "18446744073709551616ms",
    "1dé2s",
    "1１s",
]


@pytest.mark.parametrize("text", [*_NO_DURATIONS, "", "1d 2h", "1d ", " 1d", "😀1ms"])
def test_other_texts_are_no_durations(text: str) -> None:
    with pytest.raises(EvaluationError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "method", "whole"),
    [
        ("-1500ms", "toSeconds", -1),
        ("-90s", "toMinutes", -1),
        ("-25h", "toDays", -1),
        ("-23h", "toDays", 0),
        ("36h", "toDays", 1),
        ("-61m", "toHours", -1),
        ("-5ms", "toMilliseconds", -5),
    ],
)
def test_conversions_cut_towards_zero(text: str, method: str, whole: int) -> None:
    assert call(FUNCTIONS[method], [parse_duration(text)]) == whole


def test_dates_and_times_split_an_instant_before_1970() -> None:
    instant = parse_datetime("1969-12-31T23:00:00Z")

    assert call(FUNCTIONS["toDate"], [instant]) == parse_datetime("1969-12-31")
    assert call(FUNCTIONS["toTime"], [instant]) == parse_duration("23h")


def test_the_least_instant_has_a_time_but_no_date() -> None:
    least = call(
        FUNCTIONS["offset"], [parse_datetime("1970-01-01"), parse_duration("-9223372036854775808ms")]
    )

    assert call(FUNCTIONS["toTime"], [least]) == parse_duration("16h47m4s192ms")
    with pytest.raises(EvaluationError) as caught:
        call(FUNCTIONS["toDate"], [least])
    assert caught.value.kind == "extension"


def test_offsets_leave_64_bits_with_an_error() -> None:
    with pytest.raises(EvaluationError):
        call(FUNCTIONS["offset"], [parse_datetime("1970-01-02"), parse_duration("9223372036854775807ms")])
