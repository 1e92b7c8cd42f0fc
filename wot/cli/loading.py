"""From `FILE[:CLASS]` to Things: imports the file and makes an instance of each Thing class in it."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from importlib.machinery import SourceFileLoader
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from wot.cli.blame import Fault, blamed, line_of
from wot.cli.ending import UsageError
from wot.things import Thing

_loaded: dict[str, ModuleType] = {}


class Wanted(NamedTuple):
    """What `FILE[:CLASS]` or `module[:CLASS]` names; one of `file` and `module` is set."""

    shown: str
    file: Path | None
    module: str
    name: str


def things_in(spec: str) -> list[Thing]:
    """An instance of every Thing class that `spec` names; Fault where the file is to blame."""
    wanted = _wanted(spec)
    return [found if isinstance(found, Thing) else _made(found, wanted) for found in _found(wanted)]


def classes_in(spec: str) -> list[type[Thing]]:
    """Every Thing class that `spec` names, none of them made."""
    return [type(found) if isinstance(found, Thing) else found for found in _found(_wanted(spec))]


def is_python(spec: str) -> bool:
    """Whether `spec` names a Python file or a class of a module, not a document."""
    if "://" in spec:
        return False
    source, _, name = spec.rpartition(":")
    return ".py" in (Path(spec).suffix, Path(source).suffix) or (
        bool(source)
        and not Path(spec).is_file()
        and all(part.isidentifier() for part in (*source.split("."), *name.split(".")))
    )


def _found(wanted: Wanted) -> list[Any]:
    try:
        module = _imported(wanted)
    except (KeyboardInterrupt, UsageError):
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the file raises, SystemExit included
        raise blamed(error, wanted.file, wanted.shown) from None
    return _chosen(module, wanted)


def _wanted(spec: str) -> Wanted:
    if Path(spec).is_file():
        return Wanted(spec, Path(spec).absolute(), "", "")
    source, colon, name = spec.rpartition(":")
    if not colon or not all(part.isidentifier() for part in name.split(".")):
        source, name = spec, ""
    path = Path(source)
    if path.is_file():
        return Wanted(source, path.absolute(), "", name)
    if all(part.isidentifier() for part in source.split(".")) and path.suffix != ".py":
        return Wanted(source, None, source, name)
    reason = "is a folder" if path.is_dir() else "does not exist"
    raise UsageError(f"{source} {reason}", hint="name a Python file, or a module as module:Class")


def _imported(wanted: Wanted) -> ModuleType:
    if wanted.file is None:
        return _module(wanted.module)
    found = _loaded.get(str(wanted.file))
    if found is None:
        found = _loaded[str(wanted.file)] = _run(wanted.file)
    return found


def _module(name: str) -> ModuleType:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # as `python -m` does
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageError(
                f"there is no file and no module {name!r}",
                hint=f"name a Python file, or a module that {sys.executable} can import",
            ) from None
        raise


def _run(file: Path) -> ModuleType:
    """The file as a module: of its package if it is in one, so that its own imports work."""
    if file.suffix in (".json", ".jsonld", ".md", ".txt", ".toml", ".yaml", ".yml"):
        hint = "name a Python file; a Thing Description becomes one with wot stub"
        raise UsageError(f"{file} is no Python", hint=hint)
    root, name = file.parent, file.stem
    while (root / "__init__.py").is_file():
        root, name = root.parent, f"{root.name}.{name}"
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    if root != file.parent:
        return importlib.import_module(name)
    while name in sys.modules or name in sys.stdlib_module_names:
        name += "_"  # a file named json.py must not become everybody's json
    loader = SourceFileLoader(name, str(file))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_file_location(name, file, loader=loader) or _impossible(file)
    )
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def _impossible(file: Path) -> Any:
    raise UsageError(f"{file} cannot be loaded as Python")


def _chosen(module: ModuleType, wanted: Wanted) -> list[Any]:
    own = [
        member
        for member in dict.fromkeys(filter(inspect.isclass, vars(module).values()))
        if issubclass(member, Thing) and member.__module__ == module.__name__
    ]
    if not wanted.name:
        able = [cls for cls in own if not inspect.isabstract(cls)]
        if not able:
            raise Fault(
                "UsageError",
                f"{wanted.shown} defines no Thing",
                hint="define one: class Lamp(wot.Thing): …",
            )
        return able
    try:
        found = attrgetter(wanted.name)(module)
    except AttributeError:
        known = ", ".join(cls.__name__ for cls in own) or "none"
        raise Fault(
            "UsageError", f"{wanted.shown} has no {wanted.name!r}", hint=f"there are: {known}"
        ) from None
    if isinstance(found, Thing):
        return [found]
    if inspect.isclass(found) and issubclass(found, Thing) and found is not Thing:
        return [found]
    place = line_of(found, wanted.shown, wanted.file)
    raise Fault(
        "UsageError", f"{place}: {wanted.name!r} is no Thing", hint="name a subclass of wot.Thing"
    )


def _made(cls: type[Thing], wanted: Wanted) -> Thing:
    init = cls.__init__
    try:
        inspect.signature(init).bind(None)
    except TypeError as error:
        place = line_of(init, wanted.shown, wanted.file)
        raise Fault(
            "TypeError",
            f"{place}: {cls.__name__} cannot be made without arguments: {error}",
            hint=f"give them defaults, or put an instance into the file, "
            f"thing = {cls.__name__}(…), and serve {wanted.shown}:thing",
        ) from None
    try:
        return cls()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the constructor raises
        raise blamed(error, wanted.file, wanted.shown) from None
