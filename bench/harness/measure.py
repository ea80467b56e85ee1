"""Times of commands and of whole steps, with their statistics."""

import json
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

USAGE = Path(__file__).with_name("usage.py")


@dataclass(frozen=True)
class Usage:
    seconds: float
    peak_bytes: int  # largest resident size of the command
    processor_seconds: float  # including its children


def run(command: list, **options) -> float:
    """Seconds until the command succeeded. Its output is discarded; its stderr is shown if it fails."""
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, check=False, **options)
        seconds = time.perf_counter() - started
        if done.returncode != 0:
            said.seek(0)
            raise RuntimeError(f"{command} ended with {done.returncode}: {said.read()}")
    return seconds


def run_with_usage(command: list) -> Usage:
    done = subprocess.run(["/usr/bin/python3", "-I", "-S", USAGE, *map(str, command)], stdout=subprocess.PIPE, check=True)
    code, seconds, processor_seconds, peak_bytes = json.loads(done.stdout)
    if code != 0:
        raise subprocess.CalledProcessError(code, command)
    return Usage(seconds, peak_bytes, processor_seconds)


def drop_caches() -> None:
    """Empties the kernel's caches of pages, names and inodes."""
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w") as control:
        control.write("3")


def interleaved(contenders: dict[str, Callable[[], dict[str, float]]], rounds: int) -> dict[str, dict[str, list[float]]]:
    """Each contender once per round, starting with a different one each round, so that a slow minute affects all of them."""
    names = list(contenders)
    results: dict[str, dict[str, list[float]]] = {name: {} for name in names}
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            for figure, value in contenders[name]().items():
                results[name].setdefault(figure, []).append(value)
    return results


@dataclass(frozen=True)
class Summary:
    median: float
    low: float
    high: float
    runs: int

    @classmethod
    def of(cls, values: list[float]) -> "Summary":
        return cls(statistics.median(values), min(values), max(values), len(values))
