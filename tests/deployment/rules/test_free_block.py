"""A block that is suggested is free, as large as the one that was wanted, and always the same."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.free_block import DOCKER, PRIVATE, clashing, free_block


def blocks(shortest: int) -> st.SearchStrategy[IPv4Network]:
    """Blocks inside the private ranges, near one another, so that they clash often."""
    homes = st.sampled_from([IPv4Network("10.0.0.0/14"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16")])

    @st.composite
    def inside(draw: st.DrawFn) -> IPv4Network:
        home = draw(homes)
        prefix = draw(st.integers(max(shortest, home.prefixlen), 28))
        index = draw(st.integers(0, 2 ** (prefix - home.prefixlen) - 1))
        return IPv4Network((int(home.network_address) + index * 2 ** (32 - prefix), prefix))

    return inside()


@given(blocks(16), st.lists(blocks(8), max_size=12))
def test_a_suggestion_is_free_of_the_same_size_private_and_stable(
    wanted: IPv4Network, others: list[IPv4Network]
) -> None:
    found = free_block(wanted, others)

    assert found is not None  # ten blocks do not fill 10.0.0.0/8
    assert clashing(found, [*others, DOCKER]) == ()
    assert found.prefixlen == wanted.prefixlen
    assert any(found.subnet_of(home) for home in PRIVATE)
    assert found == free_block(wanted, reversed(others))


@given(blocks(16), st.lists(blocks(8), max_size=12))
def test_what_is_suggested_is_suggested_no_more_once_it_is_taken(
    wanted: IPv4Network, others: list[IPv4Network]
) -> None:
    first = free_block(wanted, others)
    assert first is not None

    second = free_block(wanted, [*others, first])

    assert second is not None
    assert not second.overlaps(first)


@pytest.mark.parametrize(
    ("wanted", "others", "expected"),
    [
        ("10.38.0.0/20", ["10.38.0.0/20"], "10.38.16.0/20"),
        ("10.38.0.0/20", ["10.38.0.0/16"], "10.39.0.0/20"),
        ("10.255.240.0/20", ["10.255.240.0/20"], "172.16.0.0/20"),
        ("172.16.0.0/16", ["172.16.0.0/16"], "172.18.0.0/16"),  # 172.17 is Docker's
        ("192.168.0.0/16", ["192.168.0.0/16"], "10.0.0.0/16"),
        ("192.168.240.0/20", ["192.168.240.0/20", "10.0.0.0/8", "172.16.0.0/12"], "192.168.0.0/20"),
        ("10.0.0.0/16", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], None),
        ("100.64.0.0/16", ["10.0.0.0/16"], "10.1.0.0/16"),
    ],
)
def test_the_next_free_block_is_suggested(wanted: str, others: list[str], expected: str | None) -> None:
    found = free_block(IPv4Network(wanted), map(IPv4Network, others))

    assert expected == (str(found) if found else None)
