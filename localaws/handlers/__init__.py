"""The resource types that the local CloudFormation makes; any other type is refused."""

from __future__ import annotations

from localaws.handlers import document, identity, instance, launch_template, logs, nat, routing, security, volume, vpc
from localaws.handlers.base import Handler

HANDLERS: dict[str, Handler] = {
    **document.HANDLERS,
    **identity.HANDLERS,
    **instance.HANDLERS,
    **launch_template.HANDLERS,
    **logs.HANDLERS,
    **nat.HANDLERS,
    **routing.HANDLERS,
    **security.HANDLERS,
    **volume.HANDLERS,
    **vpc.HANDLERS,
}
