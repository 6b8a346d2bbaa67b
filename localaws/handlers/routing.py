"""Route tables, routes and endpoints."""

from __future__ import annotations

import json
from typing import Any

from localaws.handlers.base import (
    Handler,
    HandlerError,
    Job,
    Made,
    Old,
    ignore,
    retag_ec2,
    tags_only,
)
from localaws.moto_objects import ec2_backend

# -- Route table and its association ---------------------------------------------------------------------------


def create_route_table(job: Job) -> Made:
    ec2 = job.client("ec2")
    table = ec2.create_route_table(**job.only("VpcId"), TagSpecifications=job.tag_specifications("route-table"))
    table_id = table["RouteTable"]["RouteTableId"]
    return Made(table_id, {"RouteTableId": table_id})


def delete_route_table(job: Job, table_id: str) -> None:
    ignore(["InvalidRouteTableID.NotFound"], lambda: job.client("ec2").delete_route_table(RouteTableId=table_id))


def create_association(job: Job) -> Made:
    answer = job.client("ec2").associate_route_table(**job.only("RouteTableId", "SubnetId"))
    return Made(answer["AssociationId"], {"Id": answer["AssociationId"]})


def delete_association(job: Job, association_id: str) -> None:
    ec2 = job.client("ec2")
    ignore(["InvalidAssociationID.NotFound"], lambda: ec2.disassociate_route_table(AssociationId=association_id))


# -- Route -----------------------------------------------------------------------------------------------------

DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
TARGETS = ("GatewayId", "InstanceId", "NatGatewayId", "NetworkInterfaceId", "VpcPeeringConnectionId")


def create_route(job: Job) -> Made:
    destination = _destination(job)
    table_id = job.get("RouteTableId")
    ec2 = job.client("ec2")
    if any(_goes_to(route, destination) for route in _routes(ec2, table_id)):
        raise HandlerError(f"The route identified by {destination} already exists.")
    ec2.create_route(**_route_arguments(job))
    return Made(f"{table_id}|{destination}", {"CidrBlock": destination})


def update_route(job: Job, old: Old) -> Made:
    """Another target for the same destination."""
    job.client("ec2").replace_route(**_route_arguments(job))
    return old.made


def delete_route(job: Job, _physical_id: str) -> None:
    arguments = job.only("RouteTableId", *DESTINATIONS)
    codes = ["InvalidRoute.NotFound", "InvalidRouteTableID.NotFound"]
    ignore(codes, lambda: job.client("ec2").delete_route(**arguments))


def _route_arguments(job: Job) -> dict[str, Any]:
    return job.only("RouteTableId", *DESTINATIONS, *TARGETS)


def _destination(job: Job) -> str:
    return next(job.get(name) for name in DESTINATIONS if job.get(name))


def _routes(ec2: Any, table_id: str) -> list[dict[str, Any]]:
    return ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0]["Routes"]


def _goes_to(route: dict[str, Any], destination: str) -> bool:
    return destination in [route.get(name) for name in DESTINATIONS]


# -- VPC endpoint ----------------------------------------------------------------------------------------------


def create_endpoint(job: Job) -> Made:
    names = (
        "PrivateDnsEnabled",
        "RouteTableIds",
        "SecurityGroupIds",
        "ServiceName",
        "SubnetIds",
        "VpcEndpointType",
        "VpcId",
    )
    arguments = {**job.only(*names), **_policy(job)}
    ec2 = job.client("ec2")
    endpoint = ec2.create_vpc_endpoint(**arguments, TagSpecifications=job.tag_specifications("vpc-endpoint"))[
        "VpcEndpoint"
    ]
    entries = [f"{entry.get('HostedZoneId', '')}:{entry['DnsName']}" for entry in endpoint.get("DnsEntries", ())]
    return Made(
        endpoint["VpcEndpointId"],
        {
            "Id": endpoint["VpcEndpointId"],
            "CreationTimestamp": endpoint["CreationTimestamp"].isoformat(),
            "DnsEntries": entries,
            "NetworkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
        },
    )


def update_endpoint(job: Job, old: Old) -> Made:
    changes: dict[str, Any] = {}
    for name, noun in (("SubnetIds", "Subnet"), ("RouteTableIds", "RouteTable"), ("SecurityGroupIds", "SecurityGroup")):
        before, after = set(old.properties.get(name, ())), set(job.get(name, ()))
        changes |= {f"Add{noun}Ids": sorted(after - before)} if after - before else {}
        changes |= {f"Remove{noun}Ids": sorted(before - after)} if before - after else {}
    if job.get("PolicyDocument") != old.properties.get("PolicyDocument"):
        changes |= _policy(job) or {"ResetPolicy": True}
    if changes:
        job.client("ec2").modify_vpc_endpoint(VpcEndpointId=old.physical_id, **changes)
    _finish_endpoint(job, old, changes)
    retag_ec2(job, old)
    return old.made


def _finish_endpoint(job: Job, old: Old, changes: dict[str, Any]) -> None:
    """What moto's ModifyVpcEndpoint leaves out: private DNS, and the routes of tables added and removed."""
    ec2 = ec2_backend(job.region)
    endpoint = ec2.vpc_end_points[old.physical_id]
    endpoint.private_dns_enabled = job.get("PrivateDnsEnabled")
    prefix_list = endpoint.destination_prefix_list_id
    for table in changes.get("AddRouteTableIds", ()):
        ec2.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)
    for table in changes.get("RemoveRouteTableIds", ()):
        ec2.delete_route(table, prefix_list)


def delete_endpoint(job: Job, endpoint_id: str) -> None:
    job.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    ec2_backend(job.region).vpc_end_points.pop(endpoint_id, None)  # moto keeps it as `deleted` for ever


def _policy(job: Job) -> dict[str, str]:
    document = job.get("PolicyDocument")
    if document is None:
        return {}
    return {"PolicyDocument": document if isinstance(document, str) else json.dumps(document)}


HANDLERS = {
    "AWS::EC2::RouteTable": Handler(
        create=create_route_table,
        update=tags_only,
        delete=delete_route_table,
        properties=("Tags", "VpcId"),
        attributes=("RouteTableId",),
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Handler(
        create=create_association,
        delete=delete_association,
        properties=("RouteTableId", "SubnetId"),
        attributes=("Id",),
    ),
    "AWS::EC2::Route": Handler(
        create=create_route,
        update=update_route,
        delete=delete_route,
        properties=("RouteTableId", *DESTINATIONS, *TARGETS),
        attributes=("CidrBlock",),
    ),
    "AWS::EC2::VPCEndpoint": Handler(
        create=create_endpoint,
        update=update_endpoint,
        delete=delete_endpoint,
        properties=(
            "PolicyDocument",
            "PrivateDnsEnabled",
            "RouteTableIds",
            "SecurityGroupIds",
            "ServiceName",
            "SubnetIds",
            "Tags",
            "VpcEndpointType",
            "VpcId",
        ),
        attributes=("CreationTimestamp", "DnsEntries", "Id", "NetworkInterfaceIds"),
    ),
}
