"""CloudFormation's errors, with AWS's codes and words."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class ValidationError(ServiceException):
    code = "ValidationError"


class AlreadyExistsError(ServiceException):
    code = "AlreadyExistsException"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} already exists")


class ChangeSetNotFoundError(ServiceException):
    code = "ChangeSetNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"ChangeSet [{name}] does not exist")


class InvalidChangeSetStatusError(ServiceException):
    code = "InvalidChangeSetStatus"


class InsufficientCapabilitiesError(ServiceException):
    code = "InsufficientCapabilitiesException"

    def __init__(self, wanted: str) -> None:
        super().__init__(f"Requires capabilities : [{wanted}]")


class NotSupportedError(ServiceException):
    """A call or setting that the local AWS does not carry out: an error, never a silent success."""

    code = "ValidationError"

    def __init__(self, what: str) -> None:
        super().__init__(f"The local AWS does not support {what}")


def stack_does_not_exist(name: str) -> ValidationError:
    return ValidationError(f"Stack with id {name} does not exist")
