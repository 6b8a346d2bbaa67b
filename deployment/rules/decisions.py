"""What a deploy decides by what is there: zones, AMIs, and the plan that comes of them.

Each decision is made once; what stands against it comes with it, for the rule that tells it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from cloud.errors import CloudError, denied
from deployment import images, zones
from deployment.findings import Problem
from deployment.plan import Plan, Resolved, StackPlan, environment_plan, left_over, workstation_plan
from deployment.rules import network_decisions
from deployment.rules.asked import Decision
from deployment.rules.facts import Facts
from deployment.rules.wanted import is_vpc_ours
from generator.contract import EnvironmentParameter, workstation_stack_name


def zone_ids(facts: Facts) -> Decision:
    """Which zone each letter is; of a VPC that is there the subnets decide."""
    return facts.once("zone ids", lambda: _zone_ids(facts))


def zone_of_parameter(facts: Facts) -> dict[str, str]:
    """Parameter to the id of the zone that it stands for: a zone's own, or that of a subnet that is there."""
    chosen = {key: found.value for key, found in zone_ids(facts).values.items()}
    return chosen or network_decisions.zone_ids(facts)


def prefix_list(facts: Facts) -> Decision:
    """The prefix list of S3, where the template wants it."""
    return facts.once("prefix list", lambda: _prefix_list(facts))


def chosen_images(facts: Facts) -> Decision:
    """The AMI of each workstation, by its name."""
    return facts.once("images", lambda: _images(facts))


def described_images(facts: Facts) -> dict[str, images.Image]:
    """What EC2 says about each AMI that was chosen."""
    values = chosen_images(facts).values.values()
    return facts.once("described images", lambda: images.describe(facts.cloud, (image.value for image in values)))


def plan(facts: Facts) -> Plan:
    """The plan. Raises `CloudError` when AWS does not tell what it is made from."""
    return facts.once("plan", lambda: _plan(facts))


def _zone_ids(facts: Facts) -> Decision:
    asked = facts.asked
    if not is_vpc_ours(asked.stacks.template):
        return Decision({}, tuple(_missing_types(facts)))
    deployed = facts.standing().get(asked.stack)
    available = facts.zones()
    offered = _offered(facts, available)
    offers = zones.Offers({zone: offered.get(zone, frozenset()) for zone in available})
    chosen, problems = zones.choose(
        zones.types_by_letter(asked.stacks),
        offers,
        previous=deployed.parameters if deployed else {},
        given=asked.given.get(None, {}),
    )
    return Decision(chosen, problems)


def _missing_types(facts: Facts) -> Iterator[Problem]:
    """The types that the zones of the subnets of a VPC that is there do not have."""
    by_parameter = network_decisions.zone_ids(facts)
    there = {one.letter: by_parameter.get(one.parameter, "") for one in network_decisions.subnets(facts)}
    known = {letter: zone for letter, zone in there.items() if zone}
    return zones.missing_types(zones.types_by_letter(facts.asked.stacks), _offered(facts, known.values()), known)


def _offered(facts: Facts, available: Iterable[str]) -> Mapping[str, frozenset[str]]:
    try:
        return facts.offered()
    except CloudError as error:
        if not denied(error):
            raise
        return dict.fromkeys(available, facts.instance_types())  # nobody tells: the rule says so, and AWS will


def _prefix_list(facts: Facts) -> Decision:
    asked, key = facts.asked, EnvironmentParameter.S3_PREFIX_LIST_ID
    if key not in asked.stacks.template.parameters or key in asked.given.get(None, {}):
        return Decision({})
    deployed = facts.standing().get(asked.stack)
    previous = deployed.parameters.get(key) if deployed else None
    if previous:
        return Decision({key: Resolved(previous, "as deployed")})
    found = facts.s3_prefix_list()
    if found:
        return Decision({key: Resolved(found, "S3 in this region")})
    value = f"{facts.cloud.region} has no prefix list of S3"
    return Decision({}, (Problem("region", value, "one", "choose nat = single in the config"),))


def _images(facts: Facts) -> Decision:
    asked, deployed = facts.asked, facts.standing()
    stack_of = {
        entry.name: deployed.get(workstation_stack_name(asked.stack, entry.name)) for entry in asked.stacks.workstations
    }
    unknown = [
        entry for entry in asked.stacks.workstations if not images.settled(entry, stack_of[entry.name], asked.given)
    ]
    latest = facts.latest_images() if unknown else {}
    chosen: dict[str, Resolved] = {}
    problems: list[Problem] = []
    for entry in asked.stacks.workstations:
        given = asked.given.get(entry.name, {})
        image, problem = images.choose(entry, deployed=stack_of[entry.name], given=given, latest=latest)
        problems += [problem] if problem else []
        chosen |= {entry.name: image} if image else {}
    return Decision(chosen, tuple(problems))


def _plan(facts: Facts) -> Plan:
    asked, deployed = facts.asked, facts.stacks()
    resolved = {key: Resolved(value, "--parameter") for key, value in asked.given.get(None, {}).items()}
    resolved |= {**zone_ids(facts).values, **prefix_list(facts).values}
    resolved |= {**network_decisions.existing(facts).values, **network_decisions.ipam_pool(facts).values}
    exists = asked.stack in facts.standing()
    environment = environment_plan(asked.stack, asked.stacks, resolved=resolved, exists=exists)
    return Plan(
        account=asked.account,
        region=facts.cloud.region,
        local=asked.local,
        bucket=asked.bucket,
        create_bucket=asked.may_create_bucket and not _bucket_is_there(facts),
        environment=replace(environment, recreate=_failed_before(facts, asked.stack)),
        workstations=tuple(_workstations(facts)),
        left_over=left_over(asked.stack, asked.stacks, deployed),
    )


def _workstations(facts: Facts) -> Iterator[StackPlan]:
    asked, deployed = facts.asked, facts.standing()
    chosen = chosen_images(facts).values
    for entry in asked.stacks.workstations:
        resolved = {key: Resolved(value, "--parameter") for key, value in asked.given.get(entry.name, {}).items()}
        if entry.name in chosen:
            resolved[images.IMAGE_ID] = chosen[entry.name]
        exists = workstation_stack_name(asked.stack, entry.name) in deployed
        planned = workstation_plan(asked.stack, entry, resolved=resolved, exists=exists)
        yield replace(planned, recreate=_failed_before(facts, planned.name))


def _failed_before(facts: Facts, stack: str) -> str:
    """Why the creation of a stack failed that is to be made again; empty for every other."""
    there = stack in facts.stacks() and stack not in facts.standing()
    return (facts.first_cause(stack) or "its events do not say why") if there else ""


def _bucket_is_there(facts: Facts) -> bool:
    try:
        return facts.bucket()[0] is not False
    except CloudError as error:
        if not denied(error):
            raise
        return True
