"""The WSGI application: the record of calls and fault rules in front, our CloudFormation, and moto's services."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, make_server

from localaws.calls import Calls
from localaws.faults import Faults
from localaws.wire import Error, answer, as_json, called, signed

log = logging.getLogger("localaws")

MOTO_VERSION = "5.2.5"

SWITCHES = {
    "MOTO_ENABLE_AMI_VALIDATION": "true",
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "true",
    "MOTO_DISABLE_GLOBAL_CORS": "true",
    "MOTO_ALLOW_NONEXISTENT_REGION": "false",
}
"""moto reads these when it is imported."""


class WrongMotoError(Exception):
    """Another moto than the one whose insides this room knows."""


def application() -> Calls:
    """The whole local AWS. Raises WrongMotoError; import nothing of moto before this."""
    os.environ.update(SWITCHES)
    import moto

    if moto.__version__ != MOTO_VERSION:
        raise WrongMotoError(f"moto {moto.__version__} is installed; the local AWS needs exactly {MOTO_VERSION}")
    from moto.cloudformation import urls
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from localaws import buckets, simulated, stricter
    from localaws.engine import Engine
    from localaws.responses import CloudFormationResponse, Service
    from localaws.snapshots import Snapshots
    from localaws.stacks import Store

    urls.url_paths = {"{0}/$": CloudFormationResponse.dispatch}
    buckets.install()
    simulated.install()
    stricter.install()
    Service.store = Store()
    Service.engine = Engine(Service.store)

    def create(service: Any) -> Any:
        app = create_backend_app(service)
        app.config["PROPAGATE_EXCEPTIONS"] = True
        return app

    return Calls(Snapshots(Faults(_Local(DomainDispatcherApplication(create)))))


class _Local:
    """Answers `GET /_local/summary`; everything else is AWS."""

    def __init__(self, services: Any) -> None:
        self.services = services

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/_local/summary":
            return self.answered(environ, start_response)
        return as_json(start_response, summary())

    def answered(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """moto's answer; what moto cannot do becomes an error in the service's protocol, not a page of HTML."""
        service, operation = called(environ)
        try:
            _fill(environ)
            return self.services(environ, start_response)
        except Exception as error:
            code = "InvalidAction" if isinstance(error, NotImplementedError) else "InternalFailure"
            log.error("%s:%s failed", service, operation, exc_info=error)
            message = f"The local AWS cannot do {service}:{operation}: {error or type(error).__name__}"
            return answer(service, Error(code, message), start_response)


def _fill(environ: dict[str, Any]) -> None:
    """Public images and parameters, into each region the first time that it is asked."""
    from localaws import seed

    _, region, service = signed(environ)
    if service in ("cloudformation", "ec2", "ssm"):
        seed.fill(region)


def summary() -> dict[str, Any]:
    """What exists in stacks, how much of it is simulated, and why."""
    from localaws.responses import Service

    records = [
        (stack, record)
        for stack in Service.store.stacks
        for record in stack.resources.values()
        if record.exists and stack.status != "DELETE_COMPLETE"
    ]
    simulated = [(stack, record) for stack, record in records if record.simulated]
    return {
        "resources": len(records),
        "simulated": len(simulated),
        "reasons": [
            {"stack": stack.name, "logical_id": record.logical_id, "reason": record.simulated}
            for stack, record in simulated
        ],
    }


def listen(app: Any, port: int) -> BaseWSGIServer:
    """A server on the loopback interface; `port` 0 takes a free one."""
    from moto.moto_server.werkzeug_app import MotoRequestHandler

    class Quiet(MotoRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002 - werkzeug's names
            logging.getLogger("localaws.http").debug(message, *args)

        def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:  # noqa: ARG002
            """Close the connection, so that the client does not wait for an answer that never comes."""
            self.close_connection = True

    return make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)


def serve(server: BaseWSGIServer, ending: tuple[signal.Signals, ...]) -> None:
    """Serve until one of the signals `ending` arrives; the caller has blocked them."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    signal.sigwait(ending)
    server.shutdown()


def announce(path: Path, endpoint: str, account: str) -> None:
    """Write where the server is, whole or not at all."""
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps({"endpoint": endpoint, "pid": os.getpid(), "account": account}) + "\n")
    partial.replace(path)
