"""What the picture shows, read from the templates: nothing here knows where anything is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.cost_lines import AWS_SERVICE, is_regional
from analysis.partial import resolve_partly
from analysis.picture_rules import in_words
from analysis.resolve import Context, Resolved, Resource, references
from analysis.values import Pending
from generator.contract import EnvironmentOutput

ANYWHERE = "0.0.0.0/0"
NOTHING_IN = "nothing in"
ITS_OWN_ROUTES = "what the VPC has"
"""Where the subnets of a VPC that is there lead: no template says it."""


@dataclass(frozen=True)
class Workstation:
    name: str
    instance_type: str
    home_gib: str


@dataclass(frozen=True)
class Subnet:
    logical_id: str
    zone: str
    cidr: str
    way_out: str
    """Where its default route leads: the logical id of a NAT or internet gateway, or nothing."""


@dataclass(frozen=True)
class Zone:
    """One Availability Zone; `nat` is the logical id of the NAT gateway that stands in it, or nothing."""

    name: str
    public: Subnet | None
    private: Subnet | None
    nat: str
    endpoints: tuple[str, ...]
    """Services with an interface endpoint in the private subnet."""
    reaches_s3: bool
    workstations: tuple[Workstation, ...]


@dataclass(frozen=True)
class Scene:
    cidr: str
    internet_gateway: bool
    zones: tuple[Zone, ...]
    inbound: str
    outbound: str
    """Of the workstations' security group, in words."""
    endpoint_inbound: str
    regional_nat: str
    """The logical id of the NAT gateway that is in every zone, or nothing."""
    is_existing: bool
    """Whether the VPC was there before, with routes of its own."""
    reaches_anywhere: bool
    """Whether the workstations' security group lets them out to any address."""
    has_flow_log: bool
    has_key: bool
    has_role: bool

    @property
    def session_by_endpoint(self) -> bool:
        """Whether sessions go through interface endpoints instead of the internet gateway."""
        return any("ssmmessages" in zone.endpoints for zone in self.zones)


def read_scene(stacks: Mapping[str, Any], templates: Mapping[str, Mapping[str, Any]]) -> Scene:
    """Raises TemplateError when a template or a parameter in `stacks` is wrong."""
    wanted = stacks["environment"]
    found = resolve_partly(templates[wanted["template"]], wanted["parameters"], Context())
    ways_out = _ways_out(found)
    vpc = next(_of(found, "AWS::EC2::VPC"), None)
    subnets = [_subnet(item, ways_out) for item in _of(found, "AWS::EC2::Subnet")]
    subnets = subnets if vpc else list(_subnets_there(found, wanted["zones"]))
    gateways = {item.logical_id for item in _of(found, "AWS::EC2::InternetGateway")}
    people = _workstations(stacks, templates)
    names = tuple(dict.fromkeys(subnet.zone for subnet in subnets))
    group, endpoint_group = _group(found), _endpoint_group(found)
    return Scene(
        cidr=_block(vpc.properties) if vpc else "is there already",
        internet_gateway=bool(gateways),
        zones=tuple(_zone(name, subnets, gateways, found, people.get(name, ())) for name in names),
        inbound=in_words(group.get("SecurityGroupIngress", ()), nothing=NOTHING_IN, some="in"),
        outbound=in_words(group.get("SecurityGroupEgress", ()), nothing="anything out", some="out"),
        endpoint_inbound=in_words(endpoint_group.get("SecurityGroupIngress", ()), nothing=NOTHING_IN, some="in"),
        regional_nat=next((item.logical_id for item in _of(found, "AWS::EC2::NatGateway") if is_regional(item)), ""),
        is_existing=vpc is None,
        reaches_anywhere=any(rule.get("CidrIp") == ANYWHERE for rule in group.get("SecurityGroupEgress", ())),
        has_flow_log=any(_of(found, "AWS::EC2::FlowLog")),
        has_key=any(_of(found, "AWS::KMS::Key")),
        has_role=any(_of(found, "AWS::IAM::InstanceProfile")),
    )


def _of(found: Resolved, kind: str) -> Iterable[Resource]:
    return (resource for resource in found.resources.values() if resource.type == kind)


def _target(value: Any) -> str:
    """The logical id that a property refers to, or the id of what was there before; empty when it has none."""
    if isinstance(value, str):
        return value
    return next((reference.logical_id for reference in references(value)), "")


def _ways_out(found: Resolved) -> dict[str, str]:
    """Route table to the gateway of its default route."""
    ways = {}
    for route in _of(found, "AWS::EC2::Route"):
        properties = route.properties
        if properties.get("DestinationCidrBlock") == ANYWHERE:
            way = _target([properties.get("NatGatewayId"), properties.get("GatewayId")])
            ways[_target(properties.get("RouteTableId"))] = way
    by_subnet = {}
    for item in _of(found, "AWS::EC2::SubnetRouteTableAssociation"):
        by_subnet[_target(item.properties.get("SubnetId"))] = ways.get(_target(item.properties.get("RouteTableId")), "")
    return by_subnet


def _block(properties: Mapping[str, Any]) -> str:
    """The block in words; one from a pool is known by its length only."""
    return str(properties.get("CidrBlock", f"a /{properties.get('Ipv4NetmaskLength')} of an IPAM pool"))


def _subnet_block(value: Any) -> str:
    """The block in words; of one that is cut out of a pool's block, how long it is."""
    if isinstance(value, Pending):
        _, cut = value.arguments
        return f"a /{32 - int(cut.arguments[2])} of the VPC's block"
    return str(value)


def _subnets_there(found: Resolved, zones: Iterable[str]) -> Iterator[Subnet]:
    """The subnets that the environment hands over without having made them."""
    for zone in zones:
        output = found.outputs[EnvironmentOutput.private_subnet_id(zone)]
        given = re.fullmatch(r"\$\{.+\}", str(output.value)) is None
        cidr = str(output.value) if given else "named by whoever deploys"
        yield Subnet(logical_id=str(output.value), zone=zone, cidr=cidr, way_out=ITS_OWN_ROUTES)


def _subnet(item: Resource, ways_out: Mapping[str, str]) -> Subnet:
    """The zone's name is the last letter of its parameter, `AvailabilityZoneIdA`."""
    zone = str(item.properties.get("AvailabilityZoneId", item.properties.get("AvailabilityZone", "")))
    return Subnet(
        logical_id=item.logical_id,
        zone=re.sub(r"^\$\{AvailabilityZoneId(.+)\}$", r"\1", zone),
        cidr=_subnet_block(item.properties.get("CidrBlock", "")),
        way_out=ways_out.get(item.logical_id, ""),
    )


def _zone(
    name: str,
    subnets: Iterable[Subnet],
    gateways: set[str],
    found: Resolved,
    people: tuple[Workstation, ...],
) -> Zone:
    here = [subnet for subnet in subnets if subnet.zone == name]
    public = next((subnet for subnet in here if subnet.way_out in gateways), None)
    private = next((subnet for subnet in here if subnet.way_out not in gateways), None)
    private_id = private.logical_id if private else ""
    nats = [
        item.logical_id
        for item in _of(found, "AWS::EC2::NatGateway")
        if public and _target(item.properties.get("SubnetId")) == public.logical_id
    ]
    return Zone(
        name=name,
        public=public,
        private=private,
        nat=nats[0] if nats else "",
        endpoints=_endpoints(found, private_id),
        reaches_s3=_reaches_s3(found, private_id),
        workstations=people,
    )


def _endpoints(found: Resolved, subnet: str) -> tuple[str, ...]:
    services = [
        AWS_SERVICE.sub("", str(item.properties["ServiceName"]))
        for item in _of(found, "AWS::EC2::VPCEndpoint")
        if item.properties.get("VpcEndpointType") == "Interface"
        and subnet in {_target(subnet_id) for subnet_id in item.properties.get("SubnetIds", ())}
    ]
    return tuple(sorted(services))


def _reaches_s3(found: Resolved, subnet: str) -> bool:
    tables = {
        _target(item.properties.get("RouteTableId"))
        for item in _of(found, "AWS::EC2::SubnetRouteTableAssociation")
        if _target(item.properties.get("SubnetId")) == subnet
    }
    return any(
        str(item.properties.get("ServiceName", "")).endswith(".s3")
        and item.properties.get("VpcEndpointType", "Gateway") == "Gateway"
        and (subnet not in found.resources or tables & {_target(one) for one in item.properties["RouteTableIds"]})
        for item in _of(found, "AWS::EC2::VPCEndpoint")
    )


def _group(found: Resolved) -> Mapping[str, Any]:
    """The properties of the workstations' security group, found by the output that hands it over."""
    output = found.outputs.get(EnvironmentOutput.WORKSTATION_SECURITY_GROUP_ID)
    group = found.resources.get(_target(output.value if output else None))
    return group.properties if group else {}


def _endpoint_group(found: Resolved) -> Mapping[str, Any]:
    for item in _of(found, "AWS::EC2::VPCEndpoint"):
        group = found.resources.get(_target(item.properties.get("SecurityGroupIds")))
        if group:
            return group.properties
    return {}


def _workstations(
    stacks: Mapping[str, Any], templates: Mapping[str, Mapping[str, Any]]
) -> dict[str, tuple[Workstation, ...]]:
    """Zone to its workstations, in the order of the config."""
    people: dict[str, tuple[Workstation, ...]] = {}
    for item in stacks["workstations"]:
        found = resolve_partly(templates[item["template"]], item["parameters"], Context())
        machine = next(_of(found, "AWS::EC2::Instance"))
        home = next(_of(found, "AWS::EC2::Volume"), None)
        size = str(home.properties.get("Size")) if home else ""
        made = Workstation(item["name"], str(machine.properties["InstanceType"]), size)
        people[item["zone"]] = (*people.get(item["zone"], ()), made)
    return people
