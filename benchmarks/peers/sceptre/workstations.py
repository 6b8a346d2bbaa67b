"""A peer: some workstations as a Sceptre template; `first` and `last` come from the stack's config."""

from naive import workstations


def sceptre_handler(data: dict[str, int]) -> str:
    return workstations(data["first"], data["last"]).to_yaml()
