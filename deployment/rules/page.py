"""The page for people about the preflight: `python -m deployment.rules.page > docs/guides/preflight.md`."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.rules.catalogue import rules
from deployment.rules.rule import Rule

BEFORE = """\
<!-- Made by `python -m deployment.rules.page` from deployment/rules/; do not edit. -->
# Preflight

```
$ ./deploy.sh demo my-team-templates us-east-1
…
preflight: 34 rules looked: 2 errors, 1 warning (1 s)
  warning P019: network: cidr 10.38.0.0/20 overlaps 10.38.0.0/16 (vpc-0ab1), want addresses of its own, \
or the two can never be connected; in the config: cidr = "10.39.0.0/20"
deploy.sh: error P013: workstation ada: key pair 'ada' is not in us-east-1, want a key pair of this region; …
deploy.sh: error P014: vCPUs of running G and VT instances: 0 of 0 are in use, the deploy makes 8 more, \
want a quota of 8; …
```

Before anything is made, `./deploy.sh` looks at the account, the region, the network and this machine.
It asks everything at once, and shows everything that it finds at once: what is there, what was wanted, what to do.

- An **error** ends the deploy with exit status 1, and nothing was made.
- A **warning** does not: read it, and decide.
- `--dry-run` looks, shows, and ends.
- `--json` has the findings under `findings`, each with `rules`, `level`, `about`, `value`, `wanted`, `hint` and `link`.
- `--account 123456789012` refuses every other account, whatever the profile says.

## When a rule may not look

A rule that lacks a permission says so in a warning, and blocks nothing: the deploy goes on without what it would say.
An answer that many rules want is asked for once, and a cause that keeps many from looking is told once.
A network that is away is an error, since nothing could be made either.

## Leaving a rule out

`--suppress P019` leaves a rule out, as often as needed; the line of the preflight names those that were left out.
A rule that is left out asks AWS nothing.

## The rules

Rules with a star do not apply to `--local`: there are no quotas, no sign-in and no machines there.
"""
AFTER = """
## Permissions to look

`ReadOnlyAccess`, or this much: {actions}.

`s3:ListBucket` and `s3:PutObject` are for the bucket of the templates.
Whether it can be written to is tried by an upload that is begun and given up: that leaves nothing, also in a dry run.
"""


def page() -> str:
    """The whole page."""
    actions = sorted({action for rule in rules() for action in rule.actions})
    return BEFORE + "\n" + "\n".join(_table()) + "\n" + AFTER.format(actions=", ".join(f"`{one}`" for one in actions))


def _table() -> Iterator[str]:
    yield "| rule | level | what has to be so | what to do | it asks |"
    yield "|---|---|---|---|---|"
    for rule in rules():
        yield f"| {' | '.join(_row(rule))} |"


def _row(rule: Rule) -> tuple[str, ...]:
    asks = ", ".join(f"`{action}`" for action in rule.actions) or "nothing of AWS"
    name = rule.id if rule.on_local else f"{rule.id} *"
    return (name, rule.level, f"[{rule.title}]({rule.link})", rule.hint, asks)


if __name__ == "__main__":
    print(page(), end="")
