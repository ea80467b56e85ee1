"""The prefix that packages are built for, as long as conda-build's (255 bytes)."""

PLACEHOLDER = "/opt/" + "placehold_" * 25
