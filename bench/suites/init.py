"""The cost at the start of a shell: printing the functions, and evaluating them."""

from harness import peers
from harness.bench import Bench
from harness.measure import run
from harness.report import Table


def run_suite(bench: Bench) -> list[Table]:
    program = peers.need("condafuse")

    def milliseconds(command: list):
        return lambda: {"ms": run(command) * 1e3}

    evaluate = 'eval "$("$1" init bash)"'
    contenders = {
        "true (what starting any program costs)": milliseconds(["true"]),
        "condafuse init bash": milliseconds([program, "init", "bash"]),
        "condafuse init fish": milliseconds([program, "init", "fish"]),
        "bash": milliseconds(["bash", "--norc", "-c", ":"]),
        "bash, evaluating init": milliseconds(["bash", "--norc", "-c", evaluate, "bash", program]),
    }
    return [bench.compare("init", "printing to /dev/null", "ms", "bash", contenders, bench.rounds * 3)]
