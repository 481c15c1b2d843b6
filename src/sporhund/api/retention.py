"""What of a case may not be kept for ever."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sporhund.api.case import Case


class Retention:
    """What of a case may not be kept for ever."""

    def __init__(self, case: "Case") -> None:
        self.case = case
