"""Put off an import that a library makes but that we do not need.

troposphere imports cfn_flip for its own `to_yaml`, which we do not call: with PyYAML and logging that is a third of the
generator's start-up (docs/benchmarks.md).
"""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Later(ModuleType):
    """Stands for a module until something of it is used; then it is imported for real."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        finder = next(finder for finder in sys.meta_path if isinstance(finder, _Finder))
        finder.names.discard(self.__name__)
        sys.modules.pop(self.__name__, None)
        return getattr(importlib.import_module(self.__name__), name)


class _Finder:
    """A finder of Python's import system (https://docs.python.org/3/reference/import.html#the-meta-path)."""

    def __init__(self, *names: str) -> None:
        self.names = set(names)

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name in self.names else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Later(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing yet: see `_Later`."""


def put_off(name: str) -> None:
    """Let the next `import name` cost nothing until the module is used; no effect where it is already imported."""
    if name not in sys.modules:
        sys.meta_path.insert(0, _Finder(name))
