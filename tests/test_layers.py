"""The house of CONTRIBUTING.md: a module imports only from lower floors, heavy libraries have one home each.

Imports inside functions count like all others; those for type checkers only (``if TYPE_CHECKING:``) do not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import forecast

PACKAGE = Path(forecast.__file__).parent
MODULES = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}

FLOORS = [
    {"validation"},
    {"windows", "timeline"},
    {"panel", "datasets", "reading", "sarima"},
    {"forecaster", "metrics", "significance"},
    {"process", "composite"},
    {"naive", "arima", "exponential", "windowed", "volatility", "recurrent", "persistence"},
    {"ensemble", "conformal"},
    {"backtesting"},
    {"plotting", "inspection", "report"},
    {"cli"},
    {"__main__"},
]
INSIDE = (
    "cells",
    "samples",
    "linear",
    "gradients",
    "network",
    "training",
    "estimators",
    "forecaster",
    "__init__",
)  # of recurrent
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
STAIR = {room: number for number, room in enumerate(INSIDE)}

HOMES = {
    "keras": {"recurrent.network", "recurrent.training"},
    "tensorflow": {"recurrent.network", "recurrent.training"},
    "statsmodels": {"arima", "exponential"},
    "matplotlib": {"plotting", "inspection"},
    "arch": {"significance", "volatility"},
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


def imported(code: str, module: str) -> list[str]:
    """Return the dotted names that the code of a module of ours imports; ``from a.b import c`` is a.b.c."""
    visitor = _Imports(["forecast", *module.split(".")[:-1]])
    visitor.visit(ast.parse(code))
    return visitor.names


def ours(names: list[str]) -> Iterator[str]:
    """Yield the modules of ours behind imported names, without the leading package."""
    for name in names:
        parts = name.split(".")
        if parts[0] != "forecast":
            continue
        if len(parts) > 1 and parts[1] in forecast._PUBLIC:  # a public name stands for the module it comes from
            parts = ["forecast", *forecast._PUBLIC[parts[1]].split(".")]
        if len(parts) == 2 and parts[1].startswith("__") and parts[1] != "__main__":
            continue  # forecast.__version__: a literal below all floors
        inner = parts[1:3] if parts[1:2] == ["recurrent"] else parts[1:2]
        yield ".".join(inner)


def is_below(lower: str, upper: str) -> bool:
    """Whether a module may be imported by another."""
    (room, *inside), (own, *own_inside) = lower.split("."), upper.split(".")
    if room == own == "recurrent":
        return STAIR[(inside or ["__init__"])[0]] < STAIR[(own_inside or ["__init__"])[0]]
    return FLOOR[room] < FLOOR[own]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_floor(module):
    room, *inside = module.split(".")
    assert room == "__init__" or room in FLOOR, f"give forecast/{room}.py a floor"
    assert not inside or inside[0] in STAIR, f"give forecast/{room}/{inside[0]}.py a stair"


@pytest.mark.parametrize("module", [module for module in MODULES if module != "__init__"])
def test_imports_go_down(module):
    for name in ours(imported(MODULES[module].read_text(encoding="utf-8"), module)):
        assert name, f"{module} imports the package as a whole: name the module"
        assert is_below(name, module), f"{module} imports {name}, which is not below it"


@pytest.mark.parametrize("module", MODULES)
def test_heavy_libraries_are_imported_at_home_only(module):
    for name in imported(MODULES[module].read_text(encoding="utf-8"), module):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or module in homes, f"{module} imports {name}: its homes are {sorted(homes)}"


def test_package_itself_imports_importlib_only():
    names = imported(MODULES["__init__"].read_text(encoding="utf-8"), "__init__")
    assert {name.split(".")[0] for name in names} <= {"__future__", "importlib", "typing"}


@pytest.mark.parametrize(
    ("code", "module", "expected"),
    [
        ("from forecast.windows import lead", "naive", ["windows"]),
        ("from forecast import windows, lead", "naive", ["windows", "windows"]),
        ("from forecast import __version__", "naive", []),
        ("import forecast.windows as w", "naive", ["windows"]),
        ("import forecast", "naive", [""]),
        ("from .windows import lead", "naive", ["windows"]),
        ("from . import cells", "recurrent.network", ["recurrent.cells"]),
        ("from .. import timeline", "recurrent.network", ["timeline"]),
        ("from ..timeline import Panel", "recurrent.network", ["timeline"]),
        ("from forecast.recurrent.cells import step", "recurrent.network", ["recurrent.cells"]),
        ("from forecast.recurrent import training", "recurrent.network", ["recurrent.training"]),
        ("def f():\n    from forecast import cli", "naive", ["cli"]),
        (
            "if TYPE_CHECKING:\n    import forecast.cli\nelse:\n    import forecast.naive",
            "windows",
            ["naive"],
        ),
        ("import forecasting", "naive", []),
    ],
)
def test_imports_are_recognised(code, module, expected):
    assert list(ours(imported(code, module))) == expected


@pytest.mark.parametrize(
    ("lower", "upper", "allowed"),
    [
        ("timeline", "naive", True),
        ("naive", "timeline", False),
        ("naive", "arima", False),
        ("recurrent.cells", "naive", False),
        ("recurrent.cells", "recurrent.network", True),
        ("recurrent.training", "recurrent.network", False),
        ("recurrent.estimators", "recurrent.forecaster", True),
        ("recurrent.forecaster", "recurrent.estimators", False),
        ("recurrent.forecaster", "cli", True),
        ("forecaster", "recurrent.forecaster", True),
    ],
)
def test_floors_are_compared(lower, upper, allowed):
    assert is_below(lower, upper) is allowed
