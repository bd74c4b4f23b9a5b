"""The command line ``atelier``. Commands come from the registry of jobs; there is no maths here.

A command is built when it is called, so ``atelier --help`` answers without importing torch.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Parameter

from deepatelier import __version__
from deepatelier.cli.messages import explain, say
from deepatelier.cli.sources import spelled_out
from deepatelier.errors import AtelierError
from deepatelier.jobs.registry import command_of, entry, kinds

__all__ = ["app", "main"]

app = App(
    name="atelier",
    help="A deep-learning workshop for images.",
    help_epilogue="Start with: atelier demo. Every command has --help with an example. "
    "--debug shows the full traceback of an error. "
    "Exit codes: 0 success, 1 internal error, 2 invalid input, 3 environment, 130 interrupted.",
    version=__version__,
    version_flags=["--version"],
    default_parameter=Parameter(negative_iterable=(), negative_bool=(), consume_multiple=True),
    help_format="plaintext",
    suppress_keyboard_interrupt=False,
)

_OTHERS = {
    "networks": "List the networks, or one of them layer by layer.\n\nExample: atelier networks vgg16 --draw vgg16.svg",
    "demo": "Run style transfer on bundled samples.\n\nExample: atelier demo -o demo.png",
    "style": f"{entry('style').about}\n\nExample: {entry('style').example}",
    "train": f"{entry('train').about}\n\nExample: {entry('train').example}",
    "evaluate": f"{entry('evaluate').about}\n\nExample: {entry('evaluate').example}",
    "predict": f"{entry('predict').about}\n\nExample: {entry('predict').example}",
    "write": f"{entry('write').about}\n\nExample: {entry('write').example}",
    "translate": f"{entry('translate').about}\n\nExample: {entry('translate').example}",
    "lab": "Run the worked examples of the courses.\n\nExample: atelier lab pooling -o .",
    "rerun": "Reproduce a result from its record.\n\nExample: atelier rerun painted.png",
    "samples": "List the bundled pictures, or write them to a folder.\n\nExample: atelier samples -o pictures",
    "doctor": "Check this machine: device, precision, memory, weights, extras.\n\nExample: atelier doctor",
}
"""Commands that do more than run a job. Their help is here, so that listing them needs no import."""

_GROUPS = {
    "reconstruct": "Show what each layer keeps of a picture: the sheets (a) to (e).\n\n"
    "Example: atelier reconstruct content chelsea -o content.png",
    "look": "Visualise a network's filters and activations, and explain its predictions.\n\n"
    "Example: atelier look gradcam chelsea -o gradcam.png",
}
"""Command groups: the first word of several commands."""


def _add_commands() -> None:
    """Register every command by the import path of its function, so that nothing is imported before it is called."""
    groups = {name: App(name=name, help=about) for name, about in _GROUPS.items()}
    for name, about in _OTHERS.items():
        app.command(f"deepatelier.cli.{name}:{name}", name=name, help=about)
    for words in dict.fromkeys(command_of(kind) for kind in kinds()):
        first, _, second = words.partition(" ")
        if first in _OTHERS:
            continue
        row = entry(words)
        where = f"deepatelier.cli.commands:{words.replace(' ', '_').replace('-', '_')}"
        (groups[first] if second else app).command(
            where, name=second or first, help=f"{row.about}\n\nExample: {row.example}"
        )
    for group in groups.values():
        app.command(group)


_add_commands()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 success, 1 internal error, 2 invalid input, 3 environment, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    if debug:
        words.remove("--debug")
    try:
        app(
            spelled_out(words),
            exit_on_error=False,
            print_error=False,
            help_on_error=False,
            result_action="return_value",
        )
        sys.stdout.flush()
    except BrokenPipeError:  # the reader closed the pipe; Python would report it once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        say("Interrupted.")
        sys.exit(130)
    except (AtelierError, CycloptsError) as error:
        _show(debug)
        say(f"Error: {explain(error)}")
        sys.exit(error.exit_code if isinstance(error, AtelierError) else 2)
    except Exception as error:
        _show(debug)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            say(f"Error: the result could not be written: {error.strerror}.")
            sys.exit(3)
        say(f"Error inside deepatelier: {type(error).__name__}: {error}")
        say("This is a bug. Please report it with the output of the same command run with --debug.")
        sys.exit(1)


def _show(debug: bool) -> None:
    if debug:
        import traceback  # lazy: only --debug needs it

        traceback.print_exc()
