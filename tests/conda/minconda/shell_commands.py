"""The hidden commands that shells evaluate: `conda shell.bash activate …` and `mamba shell hook --shell bash`."""

import argparse
from pathlib import Path

from . import arguments as options
from .activation import Activation
from .context import Context
from .dialects import DIALECTS, Dialect
from .errors import ArgumentError
from .mamba_activation import MambaActivation

_HOOKS = Path(__file__).parent / "hooks"


def conda_shell(shell: str, words: list[str], context: Context) -> str:
    """`conda shell.SHELL hook|activate|deactivate|reactivate [words]`: the text to evaluate."""
    if shell not in DIALECTS or not words:
        raise ArgumentError("'activate', 'deactivate', 'hook', 'commands', or 'reactivate' command must be given")
    dialect, command, rest = DIALECTS[shell], words[0], words[1:]
    if command == "hook":
        return _conda_hook(dialect, context)
    return _change(dialect, command, rest, context)


def mamba_shell(words: list[str], context: Context) -> str:
    """`mamba shell hook|activate|deactivate|reactivate -s SHELL [-p PREFIX | NAME]`: the text to evaluate."""
    parser = argparse.ArgumentParser(prog=f"{context.face} shell")
    parser.add_argument("command", choices=("hook", "activate", "deactivate", "reactivate"))
    parser.add_argument("-s", "--shell", default="bash", choices=sorted(DIALECTS))
    parser.add_argument("-p", "--prefix", "-n", "--name")
    parser.add_argument("-r", "--root-prefix")
    parser.add_argument("--stack", action="store_true")
    parser.add_argument("environment", nargs="?")
    asked = parser.parse_args(words)
    dialect = DIALECTS[asked.shell]
    if asked.command == "hook":
        return _mamba_hook(dialect, context)
    target = asked.prefix or asked.environment
    rest = (["--stack"] if asked.stack else []) + ([target] if target else [])
    return _change(dialect, asked.command, rest, context)


def _change(dialect: Dialect, command: str, rest: list[str], context: Context) -> str:
    activation = (Activation if context.face == "conda" else MambaActivation)(context, dialect.script_suffix)
    if command == "activate":
        names = [word for word in rest if word not in ("--stack", "--no-stack")]
        if len(names) > 1:
            raise ArgumentError(f"activate does not accept more than one argument:\n{names}")
        prefix = options.located(names[0] if names else "base", context)
        return dialect.render(activation.activate(prefix, "--stack" in rest))
    if command in ("deactivate", "reactivate") and not rest:
        return dialect.render(getattr(activation, command)())
    raise ArgumentError(f"{' '.join([command, *rest])} is not understood")


def _conda_hook(dialect: Dialect, context: Context) -> str:
    variables = {"CONDA_EXE": str(context.executable), "_CE_M": "", "_CE_CONDA": "", "CONDA_PYTHON_EXE": "/usr/bin/python3"}
    lines = [dialect.export(name, value) + "\n" for name, value in variables.items()]
    base = "conda activate base\n" if context.flag("auto_activate_base") else ""
    return "".join(lines) + (_HOOKS / dialect.hook).read_text() + base


def _mamba_hook(dialect: Dialect, context: Context) -> str:
    variables = {"MAMBA_EXE": str(context.executable), "MAMBA_ROOT_PREFIX": str(context.root_prefix)}
    lines = [dialect.export(name, value) + "\n" for name, value in variables.items()]
    text = (_HOOKS / dialect.hook.replace("conda", "mamba")).read_text()
    return "".join(lines) + text.replace("@MAMBA@", context.face)
