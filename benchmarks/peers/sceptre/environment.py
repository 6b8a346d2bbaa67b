"""A peer: the environment as a Sceptre template."""

from naive import environment


def sceptre_handler(_data: dict[str, object]) -> str:
    return environment().to_yaml()
