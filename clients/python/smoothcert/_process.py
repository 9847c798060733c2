"""Runs the command as a child that ends when this process does."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from typing import IO, Callable, List, NoReturn, Sequence

from ._errors import SmoothcertError
from ._words import in_words_of_python

#: Tells the command that the end of its standard input is like a Ctrl-C: so it never outlives this process for long,
#: however that one ends.
HELD_BY_INPUT = "SMOOTHCERT_HELD_BY_INPUT"

#: Exit codes of the command: done, and done but for images that failed.
DONE, SOME_FAILED, INTERRUPTED = 0, 3, 130

#: Lines of standard error that are kept.
KEPT_LINES = 200

_ERROR = re.compile(r"^Error ([A-Z][A-Z0-9_]*): (.*)\n?(.*)", re.MULTILINE)
_WRONG_USE = re.compile(r"^error: (.*)\n?(?:\((.*)\))?", re.MULTILINE)


def run_command(
    words: Sequence[str],
    on_line: Callable[[str], None],
    accepted: Sequence[int] = (DONE, SOME_FAILED),
) -> int:
    """Runs a command line to its end and returns its exit code.

    Ctrl-C (KeyboardInterrupt) asks the command to stop, waits until what is decided is written, and goes on; a second one
    ends the command at once.

    Parameters
    ----------
    words : sequence of str
        The command and its arguments.
    on_line : callable
        Gets each line of standard output.
    accepted : sequence of int
        Exit codes that are no error.

    Raises
    ------
    SmoothcertError
        What the command says of its error; ``INTERRUPTED`` if somebody else stopped it.
    """
    # Of a session of its own: Ctrl-C in a terminal reaches this process alone, which then asks the command once.
    child = subprocess.Popen(
        list(words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, HELD_BY_INPUT: "1"},
        start_new_session=True,
    )
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    said: List[str] = []
    listener = threading.Thread(target=_keep, args=(child.stderr, said), daemon=True)
    listener.start()
    try:
        _read(child.stdout, on_line)
        code = child.wait()
    except BaseException:
        _stop(child, child.stdin, child.stdout, on_line)
        raise
    finally:
        child.stdin.close()
        listener.join()
        child.stdout.close()
        child.stderr.close()
    if code not in accepted:
        _raise(code, "\n".join(said))
    return code


def _read(stream: IO[bytes], on_line: Callable[[str], None]) -> None:
    for line in stream:
        on_line(line.decode("utf-8", "replace").rstrip("\r\n"))


def _keep(stream: IO[bytes], said: List[str]) -> None:
    for line in stream:
        said.append(line.decode("utf-8", "replace").rstrip("\r\n"))
        del said[:-KEPT_LINES]


def _stop(
    child: "subprocess.Popen[bytes]", stdin: IO[bytes], stdout: IO[bytes], on_line: Callable[[str], None]
) -> None:
    """Asks the command to stop by the end of its input, and waits until it has written what is decided."""
    try:
        stdin.close()
        _read(stdout, on_line)
        child.wait()
    except BaseException:
        # A second Ctrl-C, or on_line fails again.
        child.kill()
        child.wait()
        raise


def _raise(ended_with: int, said: str) -> NoReturn:
    found = list(_ERROR.finditer(said))
    if found:
        code, message, remedy = (text.strip() for text in found[-1].groups())
        raise SmoothcertError(code, in_words_of_python(message), in_words_of_python(remedy))
    misused = _WRONG_USE.search(said)
    if misused:
        message, remedy = misused.group(1), misused.group(2) or "Correct that argument."
        raise SmoothcertError("OPTION_INVALID", in_words_of_python(message), in_words_of_python(remedy))
    if ended_with == INTERRUPTED:
        raise SmoothcertError(
            "INTERRUPTED", "Something stopped the command (a signal).", "Make the same call again: it resumes."
        )
    last = (said.strip().splitlines() or ["it said nothing"])[-1]
    ended = f"signal {-ended_with} ended it" if ended_with < 0 else f"it ended with {ended_with}"
    raise SmoothcertError(
        "INTERNAL", f"The command gave no reason: {ended}; {last}", "Make the same call again: it resumes."
    )
