"""What a deploy decides about a network: what follows from the subnets that are named, or which pool is asked."""

from __future__ import annotations

from collections.abc import Mapping

from deployment import existing_network
from deployment.existing_network import Named
from deployment.findings import Problem
from deployment.plan import Resolved
from deployment.rules.asked import Decision
from deployment.rules.facts import Facts
from generator.contract import EnvironmentParameter


def subnets(facts: Facts) -> tuple[Named, ...]:
    """The private subnets of a VPC that is there; none where the VPC is made."""
    return _named(facts)[0]


def existing(facts: Facts) -> Decision:
    """Parameter to its value, for a VPC that is there, with what stands against it."""
    return facts.once("existing network", lambda: _existing(facts))


def ipam_pool(facts: Facts) -> Decision:
    """The pool that gives the block, where the template wants one and the user or the config does not name it."""
    asked, key = facts.asked, EnvironmentParameter.IPAM_POOL_ID
    deployed = facts.standing().get(asked.stack) if key in asked.stacks.template.parameters else None
    if deployed is None or asked.stacks.parameters.get(key) or not deployed.parameters.get(key):
        return Decision({})
    return Decision({key: Resolved(deployed.parameters[key], "as deployed")})


def zone_ids(facts: Facts) -> dict[str, str]:
    """The parameter of each named subnet to the id of its Availability Zone."""
    found = facts.subnets(tuple(one.subnet_id for one in subnets(facts)))
    return {
        one.parameter: found[one.subnet_id]["AvailabilityZoneId"] for one in subnets(facts) if one.subnet_id in found
    }


def vpc_id(facts: Facts) -> str:
    """The VPC that is there; empty where none is known."""
    return value(facts, EnvironmentParameter.VPC_ID)


def value(facts: Facts, key: str) -> str:
    """A parameter of a VPC that is there: as the user or the config says, or as it follows; empty if neither."""
    found = existing(facts).values.get(key)
    return facts.asked.stacks.parameters.get(key) or (found.value if found else "")


def _named(facts: Facts) -> tuple[tuple[Named, ...], tuple[Problem, ...]]:
    asked = facts.asked
    if EnvironmentParameter.VPC_ID not in asked.stacks.template.parameters:
        return (), ()
    deployed = facts.standing().get(asked.stack)
    before: Mapping[str, str] = deployed.parameters if deployed else {}
    given = asked.given.get(None, {})
    return existing_network.named(asked.stacks.zones, given=given, config=asked.stacks.parameters, deployed=before)


def _existing(facts: Facts) -> Decision:
    zones, problems = _named(facts)
    if not zones:
        return Decision({}, problems)
    found = facts.subnets(tuple(one.subnet_id for one in zones))
    declared, said = facts.asked.stacks.template.parameters, facts.asked.stacks.parameters
    follows = existing_network.derived(zones, found, facts.vpcs(), facts.route_tables())
    values = {one.parameter: Resolved(one.subnet_id, one.reason) for one in zones}
    values |= {key: value for key, value in follows.items() if key in declared and not said.get(key)}
    key = EnvironmentParameter.VPC_ID
    vpc = said.get(key) or (follows[key].value if key in follows else "")
    stand = existing_network.subnet_problems(zones, found, facts.route_tables(), vpc_id=vpc, region=facts.cloud.region)
    return Decision(values, (*problems, *stand))
