"""An open case: the home it lies in, and its row. Everything that is done in it is done with this."""
from typing import TYPE_CHECKING

from sporhund.cases.model import Case as CaseRow

if TYPE_CHECKING:
    from sporhund.api.home import Sporhund


class OpenCase:
    """One open case."""

    def __init__(self, place: "Sporhund", row: CaseRow) -> None:
        self.place, self.row = place, row
        self.id, self.name = row.id, row.name
