"""A `Cloud` that answers from a script, and refuses what AWS's service model does not have."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
from botocore.validate import validate_parameters

from cloud.errors import CloudError
from cloud.session import Cloud

Answer = dict[str, Any] | CloudError
Script = Callable[[str, dict[str, Any]], Answer]


@functools.cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


class StrictCloud(Cloud):
    """Every call is one question to `script`; parameters and answers are held against the service model."""

    def __init__(self, script: Script) -> None:
        super().__init__(region="us-east-1")
        self.script = script
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        shapes = model(service).operation_model(operation)
        validate_parameters(parameters, shapes.input_shape)
        with self._lock:
            self.asked.append(operation)
            answer = self.script(operation, parameters)
        if isinstance(answer, CloudError):
            raise answer
        if shapes.output_shape is None:
            assert answer == {}, f"{operation} answers nothing"
        else:
            validate_parameters(answer, shapes.output_shape)
        return answer

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        page = self.call(service, operation, **parameters)
        yield from page[key]
        while "NextToken" in page:
            page = self.call(service, operation, NextToken=page["NextToken"], **parameters)
            yield from page[key]
