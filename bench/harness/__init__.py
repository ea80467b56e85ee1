"""Common code of all suites: inputs, peers, mounts, interleaved runs, statistics, reports."""
