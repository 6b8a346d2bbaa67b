"""Who began an operation: the ClientRequestToken of ours, which every event of the operation carries.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
"""

from __future__ import annotations

import getpass
import re
import uuid

PREFIX = "deploy-sh-"
USER_CHARACTERS = 40


def new_token() -> str:
    """A token for one operation, with the login name of whoever runs it: `deploy-sh-ada-1b9d6bcd4a21`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user number without a name, as in some containers
        user = ""
    name = re.sub(r"[^a-zA-Z0-9]+", "-", user).strip("-")[:USER_CHARACTERS]
    return f"{PREFIX}{name or 'somebody'}-{uuid.uuid4().hex[:12]}"


def who(token: str) -> str | None:
    """The login name in a token of ours; None for the token of another tool."""
    match = re.fullmatch(rf"{PREFIX}(.+)-[0-9a-f]{{12}}", token)
    return match[1] if match else None
