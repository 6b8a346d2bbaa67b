"""TOML text to `Config`, or every finding at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from typing import Any

from generator.checks import check
from generator.config import (
    Config,
    EncryptionConfig,
    HomeVolumeConfig,
    MachineConfig,
    NetworkConfig,
    WorkstationConfig,
)
from generator.findings import ConfigError, Finding
from generator.settings import Kind, did_you_mean, printable, show

NETWORK = "network"
SECTIONS = {
    NETWORK: NetworkConfig,
    "encryption": EncryptionConfig,
    "home_volume": HomeVolumeConfig,
    "machine": MachineConfig,
}
WORKSTATIONS = "workstation"

MOST_WORKSTATIONS = 500
"""More would pass the default quota of 2,000 stacks in an account and region sooner than people expect
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html)."""


def read_config(text: str, name: str) -> Config:
    """The config in `text`; `name` is what messages call it.

    Raises ConfigError with all findings.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            name, (Finding("TOML", printable(str(error)), "a TOML file", "see https://toml.io"),)
        ) from None
    findings = [*_unknown(document, (*SECTIONS, WORKSTATIONS), "")]
    sections = {key: _read(kind, document.get(key, {}), key, findings) for key, kind in SECTIONS.items()}
    workstations = _read_workstations(document.get(WORKSTATIONS, []), findings)
    if not findings:
        config = Config(**sections, workstations=workstations)
        findings += check(config, given=document.get(NETWORK, {}).keys())
    if findings:
        raise ConfigError(name, tuple(findings))
    return config


def _read_workstations(tables: object, findings: list[Finding]) -> tuple[WorkstationConfig, ...]:
    if not isinstance(tables, list):
        findings.append(Finding(WORKSTATIONS, show(tables), "[[workstation]] tables", "write the brackets twice"))
        return ()
    if len(tables) > MOST_WORKSTATIONS:
        findings.append(Finding(WORKSTATIONS, f"{len(tables)} tables", f"at most {MOST_WORKSTATIONS}"))
        return ()
    read = [_read(WorkstationConfig, table, f"{WORKSTATIONS}[{index}]", findings) for index, table in enumerate(tables)]
    return tuple(workstation for workstation in read if workstation)


def _read(kind: type, table: object, key: str, findings: list[Finding]) -> Any:
    """One section as a `kind`, or None after adding to `findings`."""
    if not isinstance(table, dict):
        findings.append(Finding(key, show(table), f"a table [{key}]"))
        return None
    found = [*_unknown(table, tuple(field.name for field in fields(kind)), f"{key}.")]
    values = {}
    for field in fields(kind):
        if field.name in table:
            values[field.name], problem = _value(field, table[field.name], f"{key}.{field.name}")
            found += problem
        elif field.default is MISSING:
            found.append(Finding(f"{key}.{field.name}", "nothing", field.metadata["setting"].kind.want))
    findings += found
    return None if found else kind(**values)


def _value(field: Field[Any], value: object, key: str) -> tuple[Any, list[Finding]]:
    kind: Kind = field.metadata["setting"].kind
    if not kind.accepts(value):
        return None, [Finding(key, show(value), kind.want, kind.hint(value))]
    return tuple(value) if isinstance(value, list) else value, []


def _unknown(table: dict[str, Any], known: tuple[str, ...], prefix: str) -> Iterator[Finding]:
    for key in table:
        if key not in known:
            name, want = prefix + show(key)[1:-1], "one of " + ", ".join(known)
            yield Finding(name, "an unknown key", want, did_you_mean(key, known))
