import importlib.util
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples" / "sequences"


@pytest.fixture(scope="session")
def example():
    """Return a function that imports an example by its name, as a module of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))

        def imported(name):
            spec = importlib.util.spec_from_file_location(
                f"example_{name}", EXAMPLES / f"{name}.py"
            )
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module

        yield imported


@pytest.fixture
def lines(capsys, tmp_path):
    """Return a function that runs an example on tiny settings and returns the lines it prints."""

    def printed(module, *arguments):
        module.main(["--quick", "--out", str(tmp_path), *arguments])
        return capsys.readouterr().out.splitlines()

    return printed
