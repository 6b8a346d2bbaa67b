"""Security groups and network ACLs as rules of the kernel's packet filter, in the text that `nft -f` reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analysis.network.model import AclEntry, Address, Block, Interface, Network, Rule, SecurityGroup

EVERY_PORT = (0, 65_535)


def members(network: Network, group: str) -> tuple[Address, ...]:
    """Private addresses of the interfaces that are in a security group."""
    return tuple(address for item in network.interfaces if group in item.security_groups for address in item.addresses)


def group_chains(network: Network, interfaces: Sequence[Interface], links: Mapping[str, int]) -> str:
    """Chains for each set of groups in use, and the two maps from cable to chain; a packet comes back or dies."""
    groups = {group.name: group for group in network.security_groups}
    sets = list(dict.fromkeys(item.security_groups for item in interfaces if item.kind != "nat-gateway"))
    chains = []
    for number, names in enumerate(sets):
        chosen = [groups[name] for name in names if name in groups]
        chains.append(_group_chain(f"egress_{number}", network, chosen, "egress"))
        chains.append(_group_chain(f"ingress_{number}", network, chosen, "ingress"))
    places = {
        f"l{links[item.name]}": sets.index(item.security_groups)
        for item in interfaces
        if item.security_groups in sets and item.kind != "nat-gateway"
    }
    return "\n".join(
        (
            *chains,
            "chain groups {",
            "  ct state established,related accept",
            "  ct state invalid drop",
            *_vmap("iifname", {link: f"jump egress_{number}" for link, number in places.items()}),
            *_vmap("oifname", {link: f"jump ingress_{number}" for link, number in places.items()}),
            "  accept",
            "}",
        )
    )


def _group_chain(name: str, network: Network, groups: Sequence[SecurityGroup], direction: str) -> str:
    rules = [rule for group in groups for rule in getattr(group, direction)]
    side = "daddr" if direction == "egress" else "saddr"
    lines = [f"  {match} return" for rule in rules for match in _rule_matches(network, rule, side)]
    return "\n".join((f"chain {name} {{", *lines, "  drop", "}"))


def _rule_matches(network: Network, rule: Rule, side: str) -> Iterable[str]:
    ports = _ports(rule)
    if not isinstance(rule.peer, str):
        yield f"{_block(rule.peer, side)} {ports}"
        return
    for version, word in ((4, "ip"), (6, "ip6")):
        addresses = [str(address) for address in members(network, rule.peer) if address.version == version]
        if addresses:
            yield f"{word} {side} {{ {', '.join(dict.fromkeys(addresses))} }} {ports}"


def acl_chains(network: Network, vpc: str, links_of: Mapping[str, Sequence[int]]) -> str:
    """Chains for each ACL of a VPC and the maps from cable to chain; stateless, so each direction is judged."""
    in_use = {subnet.acl: None for subnet in network.subnets if subnet.vpc == vpc}
    entries = {acl.name: acl.entries for acl in network.acls}
    chains, ways_out, ways_in = [], {}, {}
    for number, acl in enumerate(in_use):
        if acl not in entries and acl.startswith("default:"):
            continue  # allows everything
        for egress in (True, False):
            chains.append(_acl_chain(f"acl_{'out' if egress else 'in'}_{number}", entries[acl], egress=egress))
        for subnet in network.subnets:
            if subnet.acl == acl:
                ways_out |= {f"l{link}": f"jump acl_out_{number}" for link in links_of[subnet.name]}
                ways_in |= {f"l{link}": f"jump acl_in_{number}" for link in links_of[subnet.name]}
    crossing = ("chain acls {", *_vmap("iifname", ways_out), *_vmap("oifname", ways_in), "  goto groups", "}")
    return "\n".join((*chains, *crossing))


def _acl_chain(name: str, entries: Sequence[AclEntry], *, egress: bool) -> str:
    ordered = sorted((entry for entry in entries if entry.egress == egress), key=lambda entry: entry.number)
    side = "daddr" if egress else "saddr"
    lines = (
        f"  {_block(entry.block, side)} {_ports(entry)} {'return' if entry.allows else 'drop'}" for entry in ordered
    )
    return "\n".join((f"chain {name} {{", *lines, "  drop", "}"))


def _vmap(selector: str, verdicts: Mapping[str, str]) -> tuple[str, ...]:
    if not verdicts:
        return ()
    return (f"  {selector} vmap {{ {', '.join(f'{link} : {verdict}' for link, verdict in verdicts.items())} }}",)


def _block(block: Block, side: str) -> str:
    if block.prefixlen == 0:
        return f"meta nfproto ipv{block.version}"
    return f"{'ip' if block.version == 4 else 'ip6'} {side} {block}"


def _ports(rule: Rule | AclEntry) -> str:
    match rule.protocol:
        case "all":
            return ""
        case "icmp":
            return "meta l4proto icmp"
        case "icmpv6":
            return "meta l4proto ipv6-icmp"
    if (rule.first_port, rule.last_port) == EVERY_PORT:
        return f"meta l4proto {rule.protocol}"
    return f"meta l4proto {rule.protocol} th dport {rule.first_port}-{rule.last_port}"
