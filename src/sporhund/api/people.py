"""Accounts of the home, signing in and out, and who is on a case."""
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sporhund.access import accounts, members, records, sessions, token_file, users
from sporhund.access.model import DEFAULT_UNIT, User
from sporhund.actor import Actor
from sporhund.api.documents import Document, moment
from sporhund.cases.model import Case as CaseRow

if TYPE_CHECKING:
    from sporhund.api.home import Sporhund


class People:
    """Accounts of a home."""

    def __init__(self, place: "Sporhund") -> None:
        self.place = place

    def add(
        self, name: str, *, full_name: str, password: str, roles: Iterable[str], unit: str = DEFAULT_UNIT,
        district: str | None = None,
    ) -> Document:
        """A new account. The first one is made without sign-in and is an administrator."""
        return self._item(users.add(
            name, full_name=full_name, password=password, roles=roles, unit=unit, district=district, **self.place.hands))

    def list(self) -> list[Document]:
        """Every account by name, disabled ones too."""
        everyone = users.everyone(store=self.place.store, actor=self.place.actor)
        names = {user.id: user.name for user in everyone}
        return [self._item(user) | {"created_by": names.get(user.created_by or "")} for user in everyone]

    def disable(self, name: str) -> Document:
        users.disable(name, **self.place.hands)
        return self._named(name)

    def enable(self, name: str) -> Document:
        """Let a disabled account in again, or one that waits after wrong passwords."""
        users.enable(name, **self.place.hands)
        return self._named(name)

    def set_roles(self, name: str, roles: Iterable[str]) -> Document:
        return self._item(users.set_roles(name, roles, **self.place.hands))

    def reset_password(self, name: str, password: str) -> Document:
        """A new password for somebody else's account."""
        users.reset_password(name, password, **self.place.hands)
        return self._named(name)

    # -- for the desk, which keeps a session's token in a cookie

    def sign_in(self, name: str, password: str) -> tuple[str, Actor]:
        """The token of a new session, and who acts with it. Raises Refused `sign-in-refused`."""
        return sessions.sign_in(name, password, **self.place.hands)

    def holder(self, token: str, host: str, *, use: bool = True) -> Actor | None:
        """Who holds this token now; None: the session is over. use: whether this counts as use of it."""
        return sessions.actor_of(token, host=host, store=self.place.store, clock=self.place.clock, use=use)

    def sign_out(self, token: str) -> None:
        sessions.sign_out(token, **self.place.hands)

    def any(self) -> bool:
        """Whether this home has an account: before that nobody can sign in."""
        with self.place.store.reader() as rows:
            return records.any_accounts(rows)

    def choose_password(self, before: str, password: str) -> None:
        """As `change_password`, for somebody whose session is kept elsewhere: all of theirs end."""
        users.change_password(before, password, **self.place.hands)

    def change_password(self, before: str, password: str) -> Document:
        """A new password for one's own account; one has to sign in again."""
        users.change_password(before, password, **self.place.hands)
        token_file.forget(self.place.settings.home)
        return self._named(self.place.actor.name)

    def login(self, name: str, password: str) -> Document:
        """Sign in; from now on this person acts, here and in later commands of the same user of the operating system."""
        token, self.place.actor = sessions.sign_in(name, password, **self.place.hands)
        token_file.keep(self.place.settings.home, token)
        return self.whoami()

    def logout(self) -> Document:
        """Sign out. Where nobody is signed in, nothing happens."""
        home, actor = self.place.settings.home, self.place.actor
        token = token_file.read(home)
        if token is not None and actor.user is not None:
            sessions.sign_out(token, **self.place.hands)
        token_file.forget(home)
        return {"user": actor.name if actor.user else None, "signed_in": False}

    def whoami(self) -> Document:
        """Who acts."""
        actor = self.place.actor
        return {"user": actor.name, "signed_in": actor.user is not None, "assurance": actor.assurance,
                "roles": sorted(actor.roles), "unit": actor.unit, "host": actor.host, "session_over": actor.lapsed}

    def _named(self, name: str) -> Document:
        with self.place.store.reader() as rows:
            return self._item(users.named(rows, name))

    def _item(self, user: User) -> Document:
        state = accounts.state(user, self.place.clock.now())
        return {
            "user": user.name, "full_name": user.full_name, "roles": sorted(user.roles), "unit": user.unit,
            "district": user.district, "state": state, "created": moment(user.created_at),
            "waits_until": moment(user.locked_until) if state == "waiting" else None}


class Members:
    """Who is on a case."""

    def __init__(self, place: "Sporhund", case: CaseRow) -> None:
        self.place, self.case = place, case

    def add(self, name: str) -> Document:
        members.add(self.case.id, name, **self.place.hands)
        return {"case": self.case.name, "user": name, "member": True}

    def remove(self, name: str) -> Document:
        members.remove(self.case.id, name, **self.place.hands)
        return {"case": self.case.name, "user": name, "member": False}

    def list(self) -> list[Document]:
        """By name, with who added each."""
        found = members.of_case(self.case.id, store=self.place.store, actor=self.place.actor)
        with self.place.store.reader() as rows:
            names = {user.id: user.name for user in records.users(rows)}
        return [{"user": user.name, "full_name": user.full_name, "roles": sorted(user.roles), "unit": user.unit,
                 "added_by": names.get(by, by), "added": moment(at)} for user, by, at in found]
