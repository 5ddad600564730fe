"""The public names: they resolve, are documented, and cost nothing before they are used."""

import ast
import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import forecast

OBJECTS = {name: getattr(forecast, name) for name in forecast.__all__}
CLASSES = {name: value for name, value in OBJECTS.items() if inspect.isclass(value)}
METHODS = {
    f"{name}.{method}": getattr(value, method)
    for name, value in CLASSES.items()
    for method in vars(value)
    if not method.startswith("_") and callable(getattr(value, method))
}
# Methods that learn or draw leave attributes behind, which the class has to name.
LEAVING = ("fit", "plot")


def sections(thing) -> dict[str, str]:
    """Return the sections of a numpydoc docstring: title -> text."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}$", inspect.getdoc(thing) or "", flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def parameters(thing) -> list[str]:
    """Return the names of the parameters of a function or constructor, without `self`."""
    return [name for name in inspect.signature(thing).parameters if name not in ("self", "cls")]


def documented(text: str) -> set[str]:
    """Return the names that a section lists, as in ``actual, forecast : array``."""
    lists = re.findall(r"^(\S.*?)(?: : .*)?$", text, flags=re.MULTILINE)
    return {name.strip(" *`") for names in lists for name in names.split(",")}


def modules_after(*arguments: str) -> set[str]:
    """Return the names of the modules that a fresh interpreter has imported in the end."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}


def test_all_public_names_resolve():
    assert forecast.__all__ == sorted(set(forecast.__all__))
    assert set(forecast.__all__) <= set(dir(forecast))


def test_public_names_are_those_of_the_modules():
    modules = sorted(set(forecast._PUBLIC.values()))
    theirs = {name: module for module in modules for name in import_module(module).__all__}
    assert theirs == forecast._PUBLIC


def test_every_module_with_public_names_is_listed():
    package = Path(forecast.__file__).parent
    for path in package.rglob("[!_]*.py"):
        module = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        declared = re.search(
            r"^__all__ = \[\s*\S*[\"']", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        assert not declared or module in forecast._PUBLIC.values(), (
            f"add the names of {module} to __init__.pyi"
        )


def test_the_list_of_public_names_is_what_type_checkers_read():
    tree = ast.parse(Path(forecast.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert {
        alias.asname: node.module for node in imports for alias in node.names
    } == forecast._PUBLIC


def test_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'forecast' has no attribute 'lstm'"):
        _ = forecast.lstm


@pytest.mark.parametrize("name", OBJECTS)
def test_public_objects_have_a_summary_and_an_example(name):
    thing = OBJECTS[name]
    summary = (inspect.getdoc(thing) or "").partition("\n\n")[0]
    assert summary.endswith((".", ":")), f"{name} has no summary sentence"
    assert ">>>" in sections(thing).get("Examples", ""), f"{name} has no example"


@pytest.mark.parametrize("name", [*OBJECTS, *METHODS])
def test_every_parameter_is_documented(name):
    thing = OBJECTS.get(name, METHODS.get(name))
    missing = [
        each
        for each in parameters(thing)
        if each not in documented(sections(thing).get("Parameters", ""))
    ]
    assert not missing, f"{name} does not document {missing}"


@pytest.mark.parametrize("name", [name for name in [*OBJECTS, *METHODS] if name not in CLASSES])
def test_every_result_is_documented(name):
    thing = OBJECTS.get(name, METHODS.get(name))
    if inspect.signature(thing).return_annotation in ("None", None):
        return
    assert {"Returns", "Yields"} & set(sections(thing)), f"{name} does not say what it returns"


@pytest.mark.parametrize("name", CLASSES)
def test_classes_that_learn_or_draw_document_their_attributes(name):
    if any(hasattr(CLASSES[name], method) for method in LEAVING):
        assert "Attributes" in sections(CLASSES[name]), f"{name} does not document its attributes"


def test_import_is_free():
    loaded = modules_after("-c", "import forecast")
    assert "forecast" in loaded
    assert not loaded & {"numpy", "pandas", "sklearn", "tensorflow"}


@pytest.mark.parametrize("arguments", [["--help"], ["backtest", "--help"]])
def test_help_is_free(arguments):
    loaded = modules_after("-m", "forecast", *arguments)
    assert "forecast.cli.main" in loaded
    assert not loaded & {"numpy", "pandas", "sklearn", "tensorflow"}


def test_public_names_do_not_load_tensorflow():
    code = "import forecast; [getattr(forecast, name) for name in forecast.__all__]"
    assert not modules_after("-c", code) & {"tensorflow", "keras"}
