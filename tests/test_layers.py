"""The house of CONTRIBUTING.md: a module imports only from lower floors, heavy libraries have one
home each, and tests mirror the rooms.

A floor holds rooms: folders of the package, or single modules. Inside a folder, imports run in no
circle. Imports inside functions count like all others; those for type checkers only
(``if TYPE_CHECKING:``) do not.
"""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import forecast

PACKAGE = Path(forecast.__file__).parent
TESTS = Path(__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

FLOORS = [
    {"exceptions", "wording"},
    {"validation", "files", "run_folder"},
    {"tables", "simulation"},
    {"forecasters"},
    {"recurrent"},
    {"pretrained", "sequences"},
    {"anomaly", "evaluation", "persistence", "presets", "profiling"},
    {"figures"},
    {"report"},
    {"cli"},
    {"__main__"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# The one way up: a result has the method `report`, where people look for it. The report is imported
# when it is called, so that nothing below depends on it.
UPWARDS = {("evaluation.results", "report.page")}

HOMES = {
    "keras": {"recurrent.backend"},
    "tensorflow": {"recurrent.backend"},
    "statsmodels": {
        "forecasters.differencing",
        "forecasters.ets_form",
        "forecasters.exact_likelihood",
        "forecasters.state_space",
        "profiling.decomposition",
    },
    "matplotlib": {"figures"},
    "jinja2": {"report.page"},
    "arch": {"evaluation.ranking", "forecasters.garch"},
}


class _Imports(ast.NodeVisitor):
    """Collect the dotted names that a module imports, wherever it does so."""

    def __init__(self, package: list[str]):
        self.package = package  # the module's own package, for relative imports
        self.names: list[str] = []

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for statement in node.orelse:
                self.visit(statement)
        else:
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self.names += [alias.name for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        up = self.package[: len(self.package) + 1 - node.level] if node.level else []
        source = ".".join([*up, *filter(None, [node.module])])
        self.names += [f"{source}.{alias.name}" for alias in node.names]


@cache
def imported(code: str, module: str) -> list[str]:
    """Return the dotted names that a module imports; ``from a.b import c`` is a.b.c."""
    visitor = _Imports(["forecast", *module.split(".")[:-1]])
    visitor.visit(ast.parse(code))
    return visitor.names


def ours(names: list[str]) -> Iterator[str]:
    """Yield the modules of ours behind imported names, without the leading package."""
    for name in names:
        parts = name.split(".")
        if parts[0] != "forecast":
            continue
        if parts[1:2] and parts[1] in forecast._PUBLIC:
            parts = forecast._PUBLIC[parts[1]].split(".")  # a public name stands for its module
        if len(parts) == 2 and parts[1].startswith("__") and parts[1] != "__main__":
            continue  # forecast.__version__: a literal below all floors
        while len(parts) > 2 and ".".join(parts[1:]) not in MODULES:
            parts = parts[:-1]  # a name inside the module
        yield ".".join(parts[1:])


def is_below(lower: str, upper: str) -> bool:
    """Whether a module may be imported by another: from a lower floor, or from the same folder."""
    room, own = lower.split(".")[0], upper.split(".")[0]
    return FLOOR[room] < FLOOR[own] or (room == own and "." in lower)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_floor(module):
    room = module.split(".")[0]
    assert room == "__init__" or room in FLOOR, f"give forecast/{room} a floor"


def test_every_module_has_a_test_file_of_its_name():
    missing = []
    for path in MODULES.values():
        room = path.relative_to(PACKAGE).parent
        test = TESTS / room / f"test_{path.name}"
        if path.stem not in ("__init__", "__main__") and not test.is_file():
            missing.append(str(test.relative_to(TESTS)))
    assert not missing, f"write tests/{', tests/'.join(missing)}"


@pytest.mark.parametrize("module", [module for module in MODULES if module != "__init__"])
def test_imports_go_down(module):
    for name in ours(imported(MODULES[module].read_text(encoding="utf-8"), module)):
        assert name, f"{module} imports the package as a whole: name the module"
        is_allowed = is_below(name, module) or (module, name) in UPWARDS
        assert is_allowed, f"{module} imports {name}, which is not below it"


def test_imports_run_in_no_circle():
    graph = {
        module: {
            name
            for name in ours(imported(path.read_text(encoding="utf-8"), module))
            if (module, name) not in UPWARDS
        }
        for module, path in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("module", MODULES)
def test_heavy_libraries_are_imported_at_home_only(module):
    for name in imported(MODULES[module].read_text(encoding="utf-8"), module):
        homes = HOMES.get(name.split(".")[0])
        at_home = homes is None or {module, module.split(".")[0]} & homes
        assert at_home, f"{module} imports {name}: its homes are {sorted(homes)}"


def test_package_itself_imports_importlib_only():
    names = imported(MODULES["__init__"].read_text(encoding="utf-8"), "__init__")
    assert {name.split(".")[0] for name in names} <= {"__future__", "importlib", "typing"}


@pytest.mark.parametrize(
    ("code", "module", "expected"),
    [
        ("from forecast.tables.windows import lead", "forecasters.naive", ["tables.windows"]),
        ("from forecast import cli, lead", "forecasters.naive", ["cli", "tables.windows"]),
        ("from forecast import __version__", "forecasters.naive", []),
        ("import forecast.files as f", "forecasters.naive", ["files"]),
        ("import forecast", "forecasters.naive", [""]),
        ("from .base import Forecaster", "forecasters.naive", ["forecasters.base"]),
        ("from . import cells", "recurrent.network", ["recurrent.cells"]),
        ("from .. import files", "recurrent.network", ["files"]),
        ("from ..tables.panel import Panel", "recurrent.network", ["tables.panel"]),
        ("from forecast.recurrent.cells import step", "recurrent.network", ["recurrent.cells"]),
        ("from forecast.recurrent import training", "recurrent.network", ["recurrent.training"]),
        ("def f():\n    from forecast import presets", "forecasters.naive", ["presets"]),
        (
            "if TYPE_CHECKING:\n    import forecast.cli.main\nelse:\n    import forecast.files",
            "tables.windows",
            ["files"],
        ),
        ("import forecasting", "forecasters.naive", []),
    ],
)
def test_imports_are_recognised(code, module, expected):
    assert list(ours(imported(code, module))) == expected


@pytest.mark.parametrize(
    ("lower", "upper", "allowed"),
    [
        ("tables.timeline", "forecasters.naive", True),
        ("forecasters.naive", "tables.timeline", False),
        ("forecasters.base", "forecasters.naive", True),
        ("recurrent.cells", "forecasters.naive", False),
        ("recurrent.cells", "recurrent.network", True),
        ("recurrent.forecaster", "cli.fit", True),
        ("forecasters.base", "recurrent.forecaster", True),
        ("presets", "persistence", False),
        ("validation", "files", False),
    ],
)
def test_floors_are_compared(lower, upper, allowed):
    assert is_below(lower, upper) is allowed
