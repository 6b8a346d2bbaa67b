"""From what was asked and what is there to a plan; every problem is found before anything is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches

from cloud.session import Cloud
from deployment import bucket, images, zones
from deployment.arguments import Arguments, Parameter
from deployment.existing import Stack, all_stacks
from deployment.findings import stop_on
from deployment.names import shown
from deployment.plan import Plan, Resolved, StackPlan, environment_plan, findings, left_over, workstation_plan
from deployment.stacks import Stacks, Workstation, overridden
from generator.contract import EnvironmentParameter, WorkstationParameter, workstation_stack_name

DEPLOYABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
"""Statuses that CloudFormation accepts an update in (…/UserGuide/view-stack-events.html, stack status codes)."""
Given = Mapping[str | None, Mapping[str, str]]


def plan_of(cloud: Cloud, arguments: Arguments, stacks: Stacks, *, account: str, command: str) -> Plan:
    """The plan. Raises `Stopped` with every finding, `CloudError` when AWS cannot be asked."""
    given = by_workstation(arguments.parameters)
    found = list(parameter_findings(given, stacks))
    stop_on(found)
    stacks = overridden(stacks, given)
    with ThreadPoolExecutor() as pool:
        asked_bucket = pool.submit(bucket.finding, cloud, arguments.bucket, account=account, command=command)
        asked_stacks = pool.submit(all_stacks, cloud)
        types = {workstation.parameters[WorkstationParameter.INSTANCE_TYPE] for workstation in stacks.workstations}
        asked_zones = pool.submit(zones.offers, cloud, frozenset(types))
        deployed = asked_stacks.result()
        here, missing = asked_bucket.result()
    create_bucket = not here and (arguments.create_bucket or arguments.local)
    found += [missing] if missing and not create_bucket else []
    found += status_findings(arguments.stack, stacks, deployed, region=cloud.region)
    environment, environment_findings = _environment(
        cloud, arguments.stack, stacks, available=asked_zones.result(), deployed=deployed, given=given.get(None, {})
    )
    workstations, image_findings = _workstations(cloud, arguments.stack, stacks, deployed=deployed, given=given)
    plan = Plan(
        account=account,
        region=cloud.region,
        local=arguments.local,
        bucket=arguments.bucket,
        create_bucket=create_bucket,
        environment=environment,
        workstations=workstations,
        left_over=left_over(arguments.stack, stacks, deployed),
    )
    found += [*environment_findings, *image_findings]
    stop_on(found or tuple(findings(plan)))
    return plan


def by_workstation(parameters: Iterable[Parameter]) -> dict[str | None, dict[str, str]]:
    """The user's parameters, by workstation; None for the environment."""
    given: dict[str | None, dict[str, str]] = {}
    for parameter in parameters:
        given.setdefault(parameter.workstation, {})[parameter.key] = parameter.value
    return given


def parameter_findings(given: Given, stacks: Stacks) -> Iterator[str]:
    """One line for each `--parameter` that no template has."""
    known = {None: stacks.template, **{workstation.name: workstation.template for workstation in stacks.workstations}}
    for name, values in given.items():
        if name not in known:
            names = [workstation.name for workstation in stacks.workstations]
            yield f"parameter: got workstation {shown(str(name))}, want one of {', '.join(names) or 'none'}"
            continue
        for key in values:
            if key not in known[name].parameters:
                close = get_close_matches(key, known[name].parameters, n=1)
                want = ", ".join(sorted(known[name].parameters))
                hint = f"; did you mean {close[0]}?" if close else ""
                yield f"parameter: got {shown(key)}, want one of {want} ({known[name].path.name}){hint}"


def status_findings(name: str, stacks: Stacks, deployed: Mapping[str, Stack], *, region: str) -> Iterator[str]:
    """One line for each stack that CloudFormation will not update in the state that it is in."""
    for stack in (name, *(workstation_stack_name(name, workstation.name) for workstation in stacks.workstations)):
        status = deployed[stack].status if stack in deployed else DEPLOYABLE[0]
        where = f"--region {region} --stack-name {stack}"
        if status == "ROLLBACK_COMPLETE":
            hint = f"its creation failed and it holds nothing; delete it: aws cloudformation delete-stack {where}"
            yield f"stack {stack}: is {status}; {hint}"
        elif status.endswith("_IN_PROGRESS"):
            yield f"stack {stack}: is {status}; wait until that ends: aws cloudformation describe-stacks {where}"
        elif status not in DEPLOYABLE:
            yield f"stack {stack}: is {status}; see why: aws cloudformation describe-stack-events {where}"


def _environment(
    cloud: Cloud,
    name: str,
    stacks: Stacks,
    *,
    available: zones.Offers,
    deployed: Mapping[str, Stack],
    given: Mapping[str, str],
) -> tuple[StackPlan, tuple[str, ...]]:
    previous = deployed[name].parameters if name in deployed else {}
    resolved = {key: Resolved(value, "--parameter") for key, value in given.items()}
    chosen, found = zones.choose(zones.types_by_letter(stacks), available, previous=previous, given=given)
    resolved |= chosen
    key = EnvironmentParameter.S3_PREFIX_LIST_ID
    if key in stacks.template.parameters and key not in given:
        resolved[key] = _prefix_list(cloud, previous.get(key))
    return environment_plan(name, stacks, resolved=resolved, exists=name in deployed), found


def _prefix_list(cloud: Cloud, previous: str | None) -> Resolved:
    """The addresses of S3 in this region, as the security groups name them."""
    if previous:
        return Resolved(previous, "as deployed")
    filters = [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{cloud.region}.s3"]}]
    found = cloud.call("ec2", "DescribeManagedPrefixLists", Filters=filters)["PrefixLists"]
    stop_on([] if found else [f"region {cloud.region} has no prefix list of S3; choose nat = single in the config"])
    return Resolved(found[0]["PrefixListId"], "S3 in this region")


def _workstations(
    cloud: Cloud, environment: str, stacks: Stacks, *, deployed: Mapping[str, Stack], given: Given
) -> tuple[tuple[StackPlan, ...], list[str]]:
    stack_of = {
        entry.name: deployed.get(workstation_stack_name(environment, entry.name)) for entry in stacks.workstations
    }
    unknown = [entry.image for entry in stacks.workstations if not _settled(entry, stack_of[entry.name], given)]
    latest = images.latest(cloud, unknown)
    found: list[str] = []
    chosen: dict[str, Resolved] = {}
    for entry in stacks.workstations:
        image, finding = images.choose(
            entry, deployed=stack_of[entry.name], given=given.get(entry.name, {}), latest=latest
        )
        found += [finding] if finding else []
        chosen |= {entry.name: image} if image else {}
    described = images.describe(cloud, (image.value for image in chosen.values()))
    plans = []
    for entry in stacks.workstations:
        resolved = {key: Resolved(value, "--parameter") for key, value in given.get(entry.name, {}).items()}
        if entry.name in chosen:
            found += images.findings(entry, chosen[entry.name], described)
            resolved[images.IMAGE_ID] = chosen[entry.name]
        plans.append(workstation_plan(environment, entry, resolved=resolved, exists=stack_of[entry.name] is not None))
    return tuple(plans), found


def _settled(workstation: Workstation, deployed: Stack | None, given: Given) -> bool:
    """Whether the AMI is known without a look at the public parameter."""
    pinned = workstation.image.startswith("ami-") or images.IMAGE_ID in given.get(workstation.name, {})
    return pinned or (deployed is not None and images.IMAGE_ID in deployed.parameters)
