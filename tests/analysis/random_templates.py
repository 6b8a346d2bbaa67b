"""CloudFormation templates of random VPCs: nobody would build most of them, and all must be judged alike."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.analysis.networks import get_att, ref, resource

Template = dict[str, Any]
ZONES = ("a", "b", "c")
PORTS = ((0, 65535), (22, 22), (80, 80), (443, 443), (0, 1023), (1024, 65535), (443, 8443))
ACL_PORTS = ((0, 65535), (0, 65535), (22, 22), (443, 443), (0, 1023), (1024, 65535))
"""No entry begins or ends inside the ephemeral ports, of which a NAT gateway may choose any."""


def random_template(random: Random) -> Template:
    made = _Template(random)
    made.vpc()
    made.gateways()
    made.subnets()
    made.acls()
    made.groups()
    made.machines()
    made.nat_gateways()
    made.endpoints()
    made.routes()
    return {"Resources": made.resources}


class _Template:
    """Adds resources step by step; each step picks among what is there."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.resources: dict[str, Any] = {}
        self.has_ipv6 = self.chance(0.5)
        self.prefix = f"10.{random.randint(1, 200)}"

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def add(self, name: str, kind: str, **properties: Any) -> None:
        self.resources[name] = resource(f"EC2::{kind}", **properties)

    def names(self, kind: str) -> list[str]:
        return [name for name, item in self.resources.items() if item["Type"] == f"AWS::EC2::{kind}"]

    def pick(self, kind: str) -> str:
        return self.random.choice(self.names(kind))

    def vpc(self) -> None:
        self.add("Vpc", "VPC", CidrBlock=f"{self.prefix}.0.0/16")
        if self.has_ipv6:
            self.add("Ipv6", "VPCCidrBlock", VpcId=ref("Vpc"), AmazonProvidedIpv6CidrBlock=True)
        if self.chance(0.2):
            self.add("Second", "VPCCidrBlock", VpcId=ref("Vpc"), CidrBlock="172.20.0.0/16")
        if self.chance(0.15):
            mode = self.random.choice(("block-ingress", "block-bidirectional"))
            self.add("BlockPublicAccess", "VPCBlockPublicAccessOptions", InternetGatewayBlockMode=mode)

    def gateways(self) -> None:
        if self.chance(0.9):
            self.add("Gateway", "InternetGateway")
            if self.chance(0.92):
                self.add("Attachment", "VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway"))
        if self.has_ipv6 and self.chance(0.6):
            self.add("EgressOnly", "EgressOnlyInternetGateway", VpcId=ref("Vpc"))

    def subnets(self) -> None:
        for at in range(self.random.randint(1, 3)):
            self.add(f"Table{at}", "RouteTable", VpcId=ref("Vpc"))
        for at in range(self.random.randint(2, 4)):
            outer = "172.20" if "Second" in self.resources and self.chance(0.4) else self.prefix
            given: dict[str, Any] = {"CidrBlock": f"{outer}.{at}.0/24", "AvailabilityZone": self.random.choice(ZONES)}
            if self.has_ipv6 and self.chance(0.8):
                blocks = {"Fn::Select": [0, get_att("Vpc", "Ipv6CidrBlocks")]}
                given["Ipv6CidrBlock"] = {"Fn::Select": [at, {"Fn::Cidr": [blocks, 8, 64]}]}
            self.add(f"Subnet{at}", "Subnet", VpcId=ref("Vpc"), MapPublicIpOnLaunch=self.chance(0.3), **given)
            if self.chance(0.8):
                table = ref(self.pick("RouteTable"))
                self.add(f"Uses{at}", "SubnetRouteTableAssociation", SubnetId=ref(f"Subnet{at}"), RouteTableId=table)

    def blocks(self) -> tuple[str, ...]:
        subnets = [self.resources[name]["Properties"]["CidrBlock"] for name in self.names("Subnet")]
        return ("0.0.0.0/0", f"{self.prefix}.0.0/16", "198.51.100.0/24", "192.0.2.0/24", "203.0.113.0/24", *subnets)

    def acls(self) -> None:
        for at in range(self.random.choice((0, 0, 1, 2))):
            self.add(f"Acl{at}", "NetworkAcl", VpcId=ref("Vpc"))
            for number in range(self.random.randint(2, 6)):
                self.acl_entry(f"Acl{at}", number)
            if self.chance(0.7):
                self.acl_entry(f"Acl{at}", 300, allows=True)
        for at, subnet in enumerate(self.names("Subnet")):
            if self.names("NetworkAcl") and self.chance(0.6):
                acl = ref(self.pick("NetworkAcl"))
                self.add(f"Guards{at}", "SubnetNetworkAclAssociation", SubnetId=ref(subnet), NetworkAclId=acl)

    def acl_entry(self, acl: str, number: int, *, allows: bool = False) -> None:
        protocol = -1 if allows else self.random.choice((-1, 1, 6, 6, 17, 58))
        given: dict[str, Any] = {"Protocol": protocol}
        if protocol in (6, 17):
            first, last = self.random.choice(ACL_PORTS)
            given["PortRange"] = {"From": first, "To": last}
        if protocol in (1, 58):
            given["Icmp"] = {"Type": -1, "Code": -1}
        is_ipv6 = self.has_ipv6 and not allows and self.chance(0.3)
        key = "Ipv6CidrBlock" if is_ipv6 else "CidrBlock"
        given[key] = "::/0" if is_ipv6 else "0.0.0.0/0" if allows else self.random.choice(self.blocks())
        action = "allow" if allows or self.chance(0.65) else "deny"
        for egress in (False, True) if allows else (self.chance(0.5),):
            name = f"{acl}Entry{number}{'Out' if egress else 'In'}"
            acl_id, rule_number = ref(acl), 100 + number
            self.add(
                name,
                "NetworkAclEntry",
                NetworkAclId=acl_id,
                RuleNumber=rule_number,
                Egress=egress,
                RuleAction=action,
                **given,
            )

    def groups(self) -> None:
        count = self.random.randint(1, 3)
        for at in range(count):
            ways: dict[str, Any] = {
                f"SecurityGroup{way}": [self.rule() for _ in range(self.random.randint(0, 2))]
                for way in ("Ingress", "Egress")
            }
            self.add(f"Group{at}", "SecurityGroup", VpcId=ref("Vpc"), GroupDescription="random", **ways)
        for at in range(self.random.randint(0, 4)):
            way, side = self.random.choice((("Ingress", "Source"), ("Egress", "Destination")))
            rule = self.rule()
            if self.chance(0.6):
                rule = {key: value for key, value in rule.items() if not key.startswith("Cidr")}
                rule[f"{side}SecurityGroupId"] = ref(self.pick("SecurityGroup"))
            self.add(f"Rule{at}", f"SecurityGroup{way}", GroupId=ref(self.pick("SecurityGroup")), **rule)

    def rule(self) -> dict[str, Any]:
        protocol = self.random.choice(("tcp", "tcp", "udp", "icmp", "icmpv6", "-1", "-1", "-1"))
        rule: dict[str, Any] = {"IpProtocol": protocol}
        if protocol in ("tcp", "udp"):
            rule["FromPort"], rule["ToPort"] = self.random.choice(PORTS)
        if protocol in ("icmp", "icmpv6"):
            rule["FromPort"] = rule["ToPort"] = -1
        if self.has_ipv6 and self.chance(0.3):
            return rule | {"CidrIpv6": self.random.choice(("::/0", "2001:db8::/56"))}
        return rule | {"CidrIp": "0.0.0.0/0" if self.chance(0.5) else self.random.choice(self.blocks())}

    def machines(self) -> None:
        for at in range(self.random.randint(1, 3)):
            subnet = self.pick("Subnet")
            given: dict[str, Any] = {"SubnetId": ref(subnet), "SourceDestCheck": not self.chance(0.3)}
            if self.chance(0.85):
                groups = self.random.sample(self.names("SecurityGroup"), self.random.randint(1, 1))
                given["SecurityGroupIds"] = [get_att(group, "GroupId") for group in groups]
            if "Ipv6CidrBlock" in self.resources[subnet]["Properties"] and self.chance(0.7):
                given["Ipv6AddressCount"] = 1
            self.add(f"Machine{at}", "Instance", ImageId="ami-00000000", **given)
            if self.chance(0.35):
                self.add(f"MachineAddress{at}", "EIP", InstanceId=ref(f"Machine{at}"))

    def nat_gateways(self) -> None:
        for at in range(self.random.choice((0, 1, 1, 2))):
            if self.chance(0.15):
                self.add(f"Nat{at}", "NatGateway", AvailabilityMode="regional", VpcId=ref("Vpc"))
                continue
            given: dict[str, Any] = {"ConnectivityType": "private"}
            if self.chance(0.75):
                self.add(f"NatAddress{at}", "EIP", Domain="vpc")
                given = {"AllocationId": get_att(f"NatAddress{at}", "AllocationId")}
            self.add(f"Nat{at}", "NatGateway", SubnetId=ref(self.pick("Subnet")), **given)

    def endpoints(self) -> None:
        if self.chance(0.5):
            tables = [ref(name) for name in self.names("RouteTable") if self.chance(0.7)]
            service = "com.amazonaws.us-east-1.s3"
            self.add("S3", "VPCEndpoint", VpcId=ref("Vpc"), ServiceName=service, RouteTableIds=tables)
        if self.chance(0.5):
            self.add(
                "Ssm",
                "VPCEndpoint",
                VpcId=ref("Vpc"),
                VpcEndpointType="Interface",
                ServiceName="com.amazonaws.us-east-1.ssm",
                SubnetIds=[ref(self.pick("Subnet"))],
                SecurityGroupIds=[ref(self.pick("SecurityGroup"))],
            )

    def routes(self) -> None:
        for table in self.names("RouteTable"):
            for at, block in enumerate(("0.0.0.0/0", "198.51.100.0/24", "192.0.0.0/16", "203.0.113.0/24")):
                if self.chance(0.9 if not at else 0.15):
                    self.route(f"{table}Route{at}", table, DestinationCidrBlock=block)
            if self.has_ipv6 and self.chance(0.85):
                self.route(f"{table}Ipv6Route", table, DestinationIpv6CidrBlock="::/0")

    def route(self, name: str, table: str, **destination: str) -> None:
        is_ipv6 = "DestinationIpv6CidrBlock" in destination
        keys = {"GatewayId": "InternetGateway", "InstanceId": "Instance"}
        keys |= (
            {"EgressOnlyInternetGatewayId": "EgressOnlyInternetGateway"} if is_ipv6 else {"NatGatewayId": "NatGateway"}
        )
        there = [key for key, kind in keys.items() if self.names(kind)]
        if len(there) > 1 and self.chance(0.7):
            there.remove("InstanceId")
        key = self.random.choice(there)
        self.add(name, "Route", RouteTableId=ref(table), **destination, **{key: ref(self.pick(keys[key]))})
