"""Builds a local conda channel out of this machine's Debian python packages."""
