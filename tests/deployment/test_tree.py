"""From recorded events to how far a stack is."""

from __future__ import annotations

from deployment.tree import Expected, Tree, grow
from tests.deployment.stack_events import MADE, ROLLED_BACK, USER, moment, oldest_first

EXPECTED = Expected(
    seconds={"Vpc": 12, "NatAddressA": 17, "NatGatewayA": 106, "Route": 2, "Group": None},
    needs={"Vpc": (), "NatAddressA": (), "NatGatewayA": ("NatAddressA", "Vpc"), "Route": ("NatGatewayA",), "Group": ()},
)


def tree(short, *, stack: str = "demo", expected: Expected = EXPECTED) -> Tree:
    return grow(Tree("environment demo", expected=expected), oldest_first(stack, short))


def rows(found: Tree) -> list[tuple[str, str, float]]:
    return [(row.name, row.state, row.seconds(moment(200))) for row in found.rows]


def test_each_resource_has_its_time_from_its_first_event_to_its_end() -> None:
    assert rows(tree(MADE)) == [("Vpc", "made", 12), ("NatAddressA", "made", 17), ("NatGatewayA", "made", 108)]


def test_what_is_under_way_counts_until_now() -> None:
    found = tree(MADE[:8])

    assert rows(found)[-1] == ("NatGatewayA", "making", 178)
    assert (found.doing, found.ended) == ("making", None)


def test_a_tree_grown_in_pieces_is_the_tree_grown_at_once() -> None:
    pieces = Tree("environment demo", expected=EXPECTED)
    for event in oldest_first("demo", ROLLED_BACK):
        pieces = grow(pieces, (event,))

    assert pieces == tree(ROLLED_BACK)


def test_what_failed_keeps_its_reason_while_it_is_undone() -> None:
    found = tree(ROLLED_BACK)

    assert rows(found) == [("Vpc", "removed", 2), ("NatAddressA", "cancelled", 1), ("NatAddressB", "failed", 1)]
    assert found.rows[2].reason.startswith("the account has no Elastic IP address left")
    assert found.doing == "undoing"
    assert found.ended == moment(11)


def test_a_change_set_that_waits_is_not_under_way() -> None:
    assert tree(MADE[:1]).doing == ""


def test_a_new_operation_begins_anew() -> None:
    update = (
        (300, "demo", "", "UPDATE_IN_PROGRESS", USER),
        (301, "Vpc", "EC2::VPC", "UPDATE_IN_PROGRESS", ""),
        (303, "Vpc", "EC2::VPC", "UPDATE_COMPLETE", ""),
        (304, "demo", "", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        (305, "Old", "EC2::VPC", "DELETE_IN_PROGRESS", ""),
        (306, "Old", "EC2::VPC", "DELETE_SKIPPED", ""),
        (307, "demo", "", "UPDATE_COMPLETE", ""),
    )
    found = tree(MADE + update)

    assert rows(found) == [("Vpc", "changed", 2), ("Old", "kept", 1)]
    assert (found.doing, found.ended, found.total) == ("changing", moment(307), 2)


def test_what_is_left_is_the_longest_chain_of_what_waits_and_what_is_under_way() -> None:
    assert tree(MADE[:2]).left_seconds(moment(2)) == 17 + 106 + 2
    assert tree(MADE[:5]).left_seconds(moment(14)) == 7 + 106 + 2  # ten seconds of the address are over
    assert tree(MADE[:8]).left_seconds(moment(52)) == 76 + 2
    assert tree(MADE[:8]).left_seconds(moment(900)) == 2  # slower than usual: the route is still to come


def test_nothing_is_estimated_where_nothing_is_known() -> None:
    update = tree(((0, "demo", "", "UPDATE_IN_PROGRESS", USER),))

    assert update.left_seconds(moment(1)) is None
    assert tree(MADE[:5], expected=Expected()).left_seconds(moment(5)) is None
    assert tree(ROLLED_BACK[:9]).left_seconds(moment(8)) is None


def test_the_total_is_that_of_the_template_while_the_stack_is_made() -> None:
    assert tree(MADE[:5]).total == 5
    assert tree(MADE[:5], expected=Expected()).total == 2
