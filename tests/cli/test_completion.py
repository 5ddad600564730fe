"""A shell completes commands, options and models by what ``forecast completion`` prints."""

import shutil
import subprocess

import pytest
from shop import command

ASK = """
source forecast.bash
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_shtab_forecast
echo "${{COMPREPLY[@]}}"
"""


def completed(*words):
    """Return what bash offers for the last of some words."""
    quoted = " ".join(f"'{word}'" for word in words)
    ran = subprocess.run(
        ["bash", "-c", ASK.format(words=quoted)], capture_output=True, text=True, check=True
    )
    return ran.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash to complete in")
def test_bash_completes_commands_options_and_models(folder):
    (folder / "forecast.bash").write_text(command("completion", "bash").out)
    assert completed("forecast", "back") == ["backtest"]
    assert "--model" in completed("forecast", "fit", "--mo")
    assert completed("forecast", "fit", "--model", "b") == ["best"]
    assert completed("forecast", "run", "--models", "auto") == ["autoarima"]


@pytest.mark.parametrize(("shell", "sign"), [("zsh", "#compdef forecast"), ("fish", "complete -c")])
def test_other_shells_have_theirs(shell, sign):
    ran = command("completion", shell)
    assert ran.code == 0
    assert sign in ran.out
    assert "tsb" in ran.out


def test_another_shell_is_refused(refused):
    assert "fish" in refused("completion", "csh")
