"""The whole state under a name, in memory: `POST /_local/keep/NAME`, and `POST /_local/put-back/NAME`.

Both wait for stack operations to end first. An answer of 409 says which one does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from localaws import state
from localaws.wire import as_json

WAIT_SECONDS = 60


class Snapshots:
    """WSGI middleware that holds them."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.kept: dict[str, bytes] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _, local, verb, name = ["", *environ["PATH_INFO"].split("/"), "", "", ""][1:5]
        if environ["REQUEST_METHOD"] != "POST" or local != "_local" or verb not in ("keep", "put-back"):
            return self.application(environ, start_response)
        busy = _busy()
        if busy:
            return as_json(start_response, {"error": f"still under way: {', '.join(busy)}"}, "409 Conflict")
        if verb == "keep":
            self.kept[name] = state.dump()
        elif name not in self.kept:
            known = ", ".join(sorted(self.kept)) or "none"
            return as_json(start_response, {"error": f"got {name}, want one of {known}"}, "404 Not Found")
        else:
            state.load(self.kept[name])
        return as_json(start_response, {"bytes": len(self.kept[name])})


def _busy() -> tuple[str, ...]:
    """The stacks whose operations do not end."""
    from localaws.responses import Service

    Service.engine.join(WAIT_SECONDS)
    return tuple(thread.name for thread in Service.engine.threads if thread.is_alive())
