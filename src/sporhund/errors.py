"""What can go wrong, told apart by what the caller does.

SporhundError
├── Unreadable         a file or part of it: recorded with its reason, the next one goes on      (exit 1)
├── WrongUsage         the command was given wrongly: said, nothing done                         (exit 2)
├── Refused            a rule says no, or a choice is needed: names what is missing              (exit 3)
└── EnvironmentFault   disk, database, missing pack, no permission: stop, nothing more is right  (exit 4)
"""
from collections.abc import Mapping


class SporhundError(Exception):
    """One line what happened, one line what to do, one code for machines."""

    exit_code = 4
    data: Mapping[str, object] | None = None  #: what there is to choose from, for machines

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Unreadable(SporhundError):
    """A file, or a part of one, cannot be read. The caller records it and goes on."""

    exit_code = 1


class WrongUsage(SporhundError):
    """The command or call was given wrongly. The caller shows it."""

    exit_code = 2


class Refused(SporhundError):
    """A rule says no, or a person has to choose. The caller shows what is missing."""

    exit_code = 3


class EnvironmentFault(SporhundError):
    """The machine is not as it must be. The caller stops; what is finished is kept."""

    exit_code = 4
