"""Which region a command works in, and where that was said. Standard library only: it runs before any set-up."""

from __future__ import annotations

import configparser
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cloud.errors import CloudError
from cloud.regions import REGIONS


@dataclass(frozen=True)
class Region:
    """A region and where its name was found."""

    name: str
    """For example `eu-central-1`."""
    source: str
    """In words, for example `AWS_REGION` or `profile default of ~/.aws/config`."""


def choose_region(argument: str | None, environment: Mapping[str, str], *, profile: str | None = None) -> Region:
    """The region to work in: the argument, then `AWS_REGION`, `AWS_DEFAULT_REGION`, then the profile's.

    An empty variable counts as not set, as it does for the AWS CLI.
    Raises `CloudError` when there is none, or when its name is no region's.
    """
    candidates = (
        (argument, "argument"),
        (environment.get("AWS_REGION"), "AWS_REGION"),
        (environment.get("AWS_DEFAULT_REGION"), "AWS_DEFAULT_REGION"),
    )
    for name, source in candidates:
        if name or (source == "argument" and name is not None):
            return checked(Region(name, source))
    return checked(_of_profile(environment, profile=profile))


def checked(region: Region) -> Region:
    """The same region, or `CloudError` with the names that come close."""
    finding = region_finding(region.name)
    if finding:
        raise CloudError(
            f"{finding} (from: {region.source})", "run `aws account list-regions` to see those of your account"
        )
    return region


def region_finding(name: str) -> str | None:
    """One line that says why `name` is no region, with close matches; None when it is one."""
    if name in REGIONS:
        return None
    typed = name[:64].lower()
    close = difflib.get_close_matches(typed, REGIONS, n=3)
    close.sort(key=lambda region: sorted(region) != sorted(typed))  # letters swapped: the likeliest slip
    hint = f"did you mean {' or '.join(close)}?" if close else "for example us-east-1 or eu-central-1"
    return f"region: got {name[:64]!a}, want the name of an AWS region; {hint}"


def profile_name(environment: Mapping[str, str], profile: str | None = None) -> str:
    """The profile that AWS tools use: the argument, `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, else `default`."""
    return profile or environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE") or "default"


def _of_profile(environment: Mapping[str, str], *, profile: str | None) -> Region:
    name = profile_name(environment, profile)
    path = _config_file(environment)
    section = "default" if name == "default" else f"profile {name}"
    region = _read(path, section) if path else ""
    if region:
        return Region(region, f"profile {name} of {path}")
    looked = f"AWS_REGION, AWS_DEFAULT_REGION and profile {name} of {path or 'no config file (HOME is not set)'}"
    raise CloudError(
        f"no region: looked at the argument, {looked}",
        "pass one (`us-east-1`), set AWS_REGION, or run `aws configure set region us-east-1`",
    )


def _config_file(environment: Mapping[str, str]) -> Path | None:
    if environment.get("AWS_CONFIG_FILE"):
        return Path(environment["AWS_CONFIG_FILE"]).expanduser()
    return Path(environment["HOME"], ".aws", "config") if environment.get("HOME") else None


def _read(path: Path, section: str) -> str:
    """The section's region, or an empty text when file, section or key is missing."""
    parser = configparser.RawConfigParser(strict=False, default_section="\0")
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        reason = str(error).splitlines()[0]
        raise CloudError(
            f"cannot read {path}: {reason}", "mend the file, or name another in AWS_CONFIG_FILE"
        ) from error
    return parser.get(section, "region", fallback="").strip()
