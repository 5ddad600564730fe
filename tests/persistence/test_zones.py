"""Zones of IANA and fixed offsets, and nothing that opens a file."""

import pytest

from forecast.persistence.zones import is_zone


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5", "UTC-03:30"]
)
def test_names_of_iana_and_offsets_are_zones(name):
    assert is_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "dateutil//etc/passwd",
        "dateutil/Europe/Berlin",
        "tzlocal()",
        "/etc/localtime",
        "../zoneinfo/UTC",
        "Europe/../UTC",
        "Mars/Olympus",
        "Europe",
        "",
        "+03:30",
        "UTC+3",
    ],
)
def test_other_names_are_none(name):
    assert not is_zone(name)
