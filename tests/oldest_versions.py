"""Print the constraints of the oldest libraries that pyproject.toml allows.

What the tests themselves run on (pytest and the like) stays as constraints.txt pins it.
"""

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def lower_bounds() -> dict[str, str]:
    """Return the lower bound of each library that the package runs on, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    required = [*project["dependencies"], *extras["volatility"]]
    return dict(requirement.split(">=") for requirement in required)


def main() -> None:
    """Print a line for each library and each tool."""
    oldest = lower_bounds()
    tools = {"build", "hatchling", "hypothesis", "ipykernel", "nbclient", "pytest", "pytest-xdist"}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        if name in tools:
            oldest[name] = version
    for name, version in oldest.items():
        sys.stdout.write(f"{name}=={version}\n")


if __name__ == "__main__":
    main()
