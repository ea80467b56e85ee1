"""A small installer that speaks conda's command line over real conda packages, for tests on machines without conda."""

VERSION = "23.11.0"  # the version whose command line, messages and shell code it imitates
