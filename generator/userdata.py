"""The machine's first boot: only as far as SSM reaches it.

An edit here stops and starts running machines and is not run again on them, so whatever may change later belongs
in an SSM association, not here.
"""

from __future__ import annotations

FIRST_BOOT = """\
#!/bin/bash
# The images bring the SSM agent; this makes sure that it runs.
set -euo pipefail
if [[ -d /snap/amazon-ssm-agent ]]; then
    snap start --enable amazon-ssm-agent
else
    systemctl enable --now amazon-ssm-agent
fi
"""
"""For cloud-init, https://docs.aws.amazon.com/systems-manager/latest/userguide/ami-preinstalled-agent.html"""
