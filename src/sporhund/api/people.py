"""Accounts of the home, signing in and out, and who is on a case."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sporhund.api.case import Case
    from sporhund.api.home import Sporhund


class People:
    """Accounts of a home."""

    def __init__(self, place: "Sporhund") -> None:
        self.place = place


class Members:
    """Who is on a case."""

    def __init__(self, case: "Case") -> None:
        self.case = case
