"""Which zone is A and which is B: resolved once, kept, checked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deployment.plan import Resolved
from deployment.zones import Offers, choose

CHOSEN = "chosen now, kept from now on"
BOTH = frozenset({"m7i.xlarge", "g6.xlarge"})


def offers(**zones: set[str]) -> Offers:
    return Offers({name.replace("_", "-"): frozenset(types) for name, types in zones.items()})


THREE = offers(use1_az1={"m7i.xlarge"}, use1_az2={*BOTH}, use1_az4={*BOTH})


def test_zones_that_offer_every_type_come_first_then_the_lowest_id() -> None:
    wanted = {"A": frozenset({"m7i.xlarge"}), "B": frozenset()}
    many = {"A": BOTH, "B": frozenset()}

    assert choose(wanted, THREE, previous={}, given={}) == (
        {"AvailabilityZoneIdA": Resolved("use1-az1", CHOSEN), "AvailabilityZoneIdB": Resolved("use1-az2", CHOSEN)},
        (),
    )
    assert choose(many, THREE, previous={}, given={}) == (
        {"AvailabilityZoneIdA": Resolved("use1-az2", CHOSEN), "AvailabilityZoneIdB": Resolved("use1-az4", CHOSEN)},
        (),
    )


def test_deployed_zones_are_kept_and_a_new_letter_gets_a_free_one() -> None:
    previous = {"AvailabilityZoneIdA": "use1-az4", "AvailabilityZoneIdB": "use1-az1"}
    wanted = dict.fromkeys("ABC", frozenset[str]())

    chosen, findings = choose(wanted, THREE, previous=previous, given={})

    expected = [("use1-az4", "as deployed"), ("use1-az1", "as deployed"), ("use1-az2", CHOSEN)]
    assert expected == [(found.value, found.reason) for found in chosen.values()]
    assert findings == ()


def test_the_user_decides_before_everything() -> None:
    given = {"AvailabilityZoneIdA": "use1-az4"}
    chosen, findings = choose({"A": BOTH}, THREE, previous={"AvailabilityZoneIdA": "use1-az2"}, given=given)

    assert (chosen, findings) == ({"AvailabilityZoneIdA": Resolved("use1-az4", "--parameter")}, ())


def test_a_zone_without_the_type_says_where_it_is() -> None:
    _, findings = choose({"A": BOTH}, THREE, previous={"AvailabilityZoneIdA": "use1-az1"}, given={})

    expected = (
        "zone A: g6.xlarge is not offered in use1-az1, want a zone that has it; it is in use1-az2, use1-az4; "
        "change type or zone in the config",
    )
    assert expected == tuple(map(str, findings))


def test_a_zone_that_does_not_exist_and_one_used_twice_are_found() -> None:
    given = {"AvailabilityZoneIdA": "mars-az1", "AvailabilityZoneIdB": "use1-az2", "AvailabilityZoneIdC": "use1-az2"}
    _, findings = choose(dict.fromkeys("ABC", frozenset[str]()), THREE, previous={}, given=given)

    another = "pass another: --parameter AvailabilityZoneId"
    assert tuple(map(str, findings)) == (
        f"zone A: 'mars-az1' (--parameter), want one of use1-az1, use1-az2, use1-az4; {another}A=ID",
        f"zone B: use1-az2 is used twice, want different zones; {another}B=ID",
        f"zone C: use1-az2 is used twice, want different zones; {another}C=ID",
    )


def test_too_few_zones_are_listed_with_what_they_offer() -> None:
    _, findings = choose(dict.fromkeys("ABC", BOTH), THREE, previous={}, given={})

    assert tuple(map(str, findings)) == (
        "zones: use1-az1: m7i.xlarge; use1-az2: g6.xlarge, m7i.xlarge; use1-az4: g6.xlarge, m7i.xlarge, "
        "want 3 that offer g6.xlarge, m7i.xlarge; choose other types or fewer zones in the config, or another region",
    )


TYPES = st.frozensets(st.sampled_from(["a", "b", "c"]))


@given(st.dictionaries(st.sampled_from([f"x-az{n}" for n in range(6)]), TYPES), st.lists(TYPES, min_size=1, max_size=4))
def test_a_choice_fits_and_stays_when_made_again(zones: dict[str, frozenset[str]], types: list[frozenset[str]]) -> None:
    wanted = dict(zip("ABCD", types, strict=False))
    chosen, findings = choose(wanted, Offers(zones), previous={}, given={})
    if findings:
        return

    values = {key: found.value for key, found in chosen.items()}
    again, _ = choose(wanted, Offers(zones), previous=values, given={})
    assert values == {key: found.value for key, found in again.items()}
    assert len(set(values.values())) == len(wanted)
    assert all(wanted[key[-1]] <= zones[zone] for key, zone in values.items())
