"""Puts an environment's prefix where a package has its placeholder, in text and in binaries."""

import os
import re

from .errors import PaddingError

# The kernel truncates longer first lines of scripts (Linux 5.1: 255; conda uses the older limit).
MAX_SHEBANG = 127
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def replace(data: bytes, placeholder: str, prefix: str, mode: str) -> bytes:
    for encoding in ENCODINGS:
        old, new = placeholder.encode(encoding), prefix.encode(encoding, "surrogateescape")
        if mode == "text":
            data = data.replace(old, new)
        else:
            end = "\0".encode(encoding)
            strings = re.escape(old) + b"(?:(?!" + end + b").)*" + end
            data = re.sub(strings, lambda found: _padded(found[0], old, new), data, flags=re.DOTALL)
    return short_shebang(data, prefix) if mode == "text" else data


def _padded(text: bytes, old: bytes, new: bytes) -> bytes:
    """A C string keeps its length: what the prefix is shorter is made up for with zeros behind it."""
    padding = (len(old) - len(new)) * text.count(old)
    if padding < 0:
        raise PaddingError(f"Placeholder of length '{len(old)}' too short for prefix '{new.decode(errors='replace')}'")
    return text.replace(old, new) + b"\0" * padding


def short_shebang(data: bytes, prefix: str) -> bytes:
    """A first line that no kernel takes (too long, or a space in the path) goes through env."""
    first, newline, rest = data.partition(b"\n")
    own = b"#!" + os.fsencode(prefix) + b"/"
    if not first.startswith(own) or (len(first) <= MAX_SHEBANG and b" " not in own):
        return data
    program, space, arguments = first[len(own) :].partition(b" ")
    return b"#!/usr/bin/env " + os.path.basename(program) + space + arguments + newline + rest


def entry_point_shebang(executable: str) -> str:
    """First line of a generated command; where no kernel takes it, lines that are both shell and python."""
    shebang = f"#!{executable}\n"
    if len(shebang) > MAX_SHEBANG or " " in executable:
        return f"#!/bin/sh\n'''exec' \"{executable}\" \"$0\" \"$@\" #'''\n"
    return shebang
