"""Measuring side by side: each variant in a process of its own, in turn, best of several, with its peak memory.

Times are CPU seconds of the process (user and system), because the machine may be shared; start-up is wall time.
Figures are for comparing variants of the same run, as ratios; nothing here is a promise in seconds.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

ROUNDS = 3
MIB = 1024


@dataclass(frozen=True, slots=True)
class Figure:
    """What one variant took: seconds (best round) and peak memory in MiB."""

    name: str
    seconds: float
    peak_mib: int


def measure(variants: Sequence[tuple[str, Callable[[], Any]]], rounds: int = ROUNDS) -> list[Figure]:
    """Run each variant in a fresh process, in turn, and return its best CPU time and its peak memory.

    A variant may return the seconds that count (without its preparation); else its whole call counts.
    """
    best: dict[str, Figure] = {}
    for _ in range(rounds):
        for name, work in variants:
            seconds, peak = _apart(work)
            known = best.get(name)
            best[name] = Figure(name, min(seconds, known.seconds if known else seconds), peak)
    return list(best.values())


def _apart(work: Callable[[], Any]) -> tuple[float, int]:
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(work, send))
    process.start()
    result: tuple[float, int] = receive.recv()
    process.join()
    return result


def _child(work: Callable[[], Any], send: Any) -> None:
    sys.modules["__main__"] = ModuleType("__main__")  # else a process beside it imports the bench, as no command does
    start = time.process_time()
    own = work()
    seconds = own if isinstance(own, float) else time.process_time() - start
    send.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MIB))


def command(name: str, words: Sequence[str]) -> Figure:
    """Run a command that must succeed and return the CPU time and the peak memory of its process."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return Figure(name, used.ru_utime + used.ru_stime, used.ru_maxrss // MIB)


def wall(command: Sequence[str], rounds: int = 9) -> float:
    """Return the shortest wall time of a command."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


def show(title: str, figures: Sequence[Figure], floor: str) -> None:
    """Print the figures with their ratio to the floor's."""
    base = next(figure.seconds for figure in figures if figure.name == floor)
    print(f"\n{title}")
    for figure in figures:
        ratio = figure.seconds / base if base else 0.0
        print(f"  {figure.name:44} {figure.seconds:8.3f} s  {ratio:7.2f} x  {figure.peak_mib:5} MiB")


def as_json(figures: Sequence[Figure]) -> str:
    """Return the figures for scripts."""
    return json.dumps([{"name": f.name, "seconds": f.seconds, "peak_mib": f.peak_mib} for f in figures])


PYTHON = sys.executable
