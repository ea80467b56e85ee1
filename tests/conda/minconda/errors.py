"""Failures a user sees: `KindOfError: message` on stderr, or as JSON; the class name is part of conda's interface."""


class CondaError(Exception):
    return_code = 1


class ArgumentError(CondaError):
    return_code = 2


class CondaValueError(CondaError):
    pass


class EnvironmentLocationNotFound(CondaError):
    def __init__(self, prefix: str) -> None:
        super().__init__(f"Not a conda environment: {prefix}")


class EnvironmentNameNotFound(CondaError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"Could not find conda environment: {name}\nYou can list all discoverable environments with `conda info --envs`."
        )


class PackagesNotFoundError(CondaError):
    def __init__(self, specs: list[str], channels: list[str]) -> None:
        missing = "\n".join(f"  - {spec}" for spec in specs)
        searched = "\n".join(f"  - {channel}" for channel in channels)
        super().__init__(
            f"The following packages are not available from current channels:\n\n{missing}\n\nCurrent channels:\n\n{searched}\n"
        )


class UnsatisfiableError(CondaError):
    pass


class PaddingError(CondaError):
    pass


class EnvironmentNotWritableError(CondaError):
    pass


class CommandNotFoundError(CondaError):
    pass


class DryRunExit(CondaError):
    return_code = 0

    def __init__(self) -> None:
        super().__init__("Dry run. Exiting.")


class CondaSystemExit(CondaError):
    """The user said no at a prompt; conda's exit code for that is 0."""

    return_code = 0

    def __init__(self) -> None:
        super().__init__("Exiting.")
