"""Who may do what: one table. Pure."""
from collections.abc import Collection

from sporhund.access.accounts import CASE_ROLES as _WORKERS
from sporhund.access.model import Allowed, Denied, Role, Verdict

RIGHTS: dict[str, frozenset[Role]] = {
    "case open": _WORKERS,                      # with membership: everything that only reads or analyses
    "case list": frozenset(Role),               # which cases there are: of those that are open to this person
    "case create": frozenset({Role.INVESTIGATOR, Role.SUPERVISOR}),
    "case member": frozenset({Role.SUPERVISOR}),
    "case hold": frozenset({Role.SUPERVISOR}),
    "case erase": frozenset({Role.SUPERVISOR}),
    "case ends": frozenset({Role.SUPERVISOR}),
    "retention list": frozenset({Role.SUPERVISOR}),
    "deletion propose": frozenset({Role.INVESTIGATOR, Role.SUPERVISOR}),
    "deletion decide": frozenset({Role.SUPERVISOR}),
    "purpose enable": frozenset({Role.ADMINISTRATOR}),
    "purpose disable": frozenset({Role.ADMINISTRATOR}),
    "user": frozenset({Role.ADMINISTRATOR}),
    "user list": frozenset(Role),
    "own password": frozenset(Role),
    "logout": frozenset(Role),
    "policy choose": frozenset({Role.ADMINISTRATOR}),
    "models import": frozenset({Role.ADMINISTRATOR}),
    "basis add": frozenset({Role.INVESTIGATOR, Role.SUPERVISOR}),
    "basis request": frozenset({Role.INVESTIGATOR, Role.SUPERVISOR}),
    "basis authorise": frozenset({Role.SUPERVISOR}),
    "basis end": frozenset({Role.INVESTIGATOR, Role.SUPERVISOR}),
    "faces clusters": _WORKERS,
    "faces constrain": _WORKERS,
    "faces search": _WORKERS,
    "faces compare": _WORKERS,
    "candidates": _WORKERS,
    "decide": frozenset({Role.EXAMINER}),
    "age": frozenset({Role.EXAMINER}),
    "identity enter": _WORKERS,
    "identity confirm": _WORKERS,
    "subject": _WORKERS,
    "work": _WORKERS,                           # analyses in the background: ask, pause, go on, cancel, order, what goes first
    "upload": _WORKERS,
    "view": _WORKERS,                           # what was before the eyes: seen, opened, listed
    "mark": _WORKERS,
    "reserve": _WORKERS,
    "secure": _WORKERS,
    "camera ask": _WORKERS,
    "preference": frozenset(Role),
    "own lookups": frozenset(Role),
    "exposure read": frozenset({Role.SUPERVISOR}),   # of the cases that are theirs
    "known enrol": _WORKERS,
    "known remove": _WORKERS,
    "known list": _WORKERS,
    "evaluate faces": frozenset({Role.INVESTIGATOR, Role.EXAMINER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "audit read": frozenset({Role.AUDITOR, Role.SUPERVISOR}),   # a supervisor: of the cases that are theirs
    "audit read all": frozenset({Role.AUDITOR}),                # every case in one file
}
"""Acts by the word that the log knows them by. An act that is not in this table is allowed to nobody."""

COUNTING = frozenset({
    "decide", "age", "identity enter", "identity confirm", "known enrol", "basis request", "basis authorise", "deletion decide",
    "known remove", "case member", "own password", "logout",
})
"""Need a signed-in person always: without sign-in nobody knows who decided."""

GOVERNING = frozenset({
    "user", "user list", "case list", "policy choose", "purpose enable", "purpose disable", "models import", "case create",
    "case hold",
    "case erase", "case ends", "retention list", "deletion propose", "basis add", "basis end", "audit read",
    "audit read all", "faces clusters", "faces constrain", "faces search", "faces compare", "candidates", "subject", "known list",
    "work", "upload", "view", "mark", "reserve", "secure", "camera ask", "preference", "own lookups", "exposure read",
})
"""Need a signed-in person as soon as the home has accounts: before that, whoever owns the machine sets it up. What tells how
alike faces are is among them: signing out must not lift an examiner's blindfold."""

ANYONES = frozenset({"own password", "logout"})
"""Of the counting acts those that are also for an account whose password somebody else knows: they lead out of that state."""


def own_hands(act: str, user: str, password_by: str | None) -> Verdict:
    """Whether this account's act is its holder's: whoever gave it its password could sign in as it, and decide twice.

    password_by: account that set its password last; None: it was set on the machine itself.
    """
    if act not in COUNTING or act in ANYONES or password_by == user:
        return Allowed("no counting act, or the password is the holder's own")
    return Denied("change-password", "Somebody else gave this account its password, and could act as you: nothing counts yet.",
                  "Choose your own first: sporhund user password; then sign in with it.")


def needs_membership(act: str, roles: Collection[str]) -> bool:
    """Whether an act on a case is for its members alone. Somebody has to name the first; an auditor reads from outside."""
    return act != "case member" and not (act == "audit read" and Role.AUDITOR in roles)


def may(act: str, roles: Collection[str], *, signed_in: bool, accounts: bool) -> Verdict:
    """Whether somebody of these roles may do this.

    signed_in: an account is behind the actor.   accounts: the home has at least one account.
    """
    if act not in RIGHTS:
        return Denied("not-allowed", f"Nobody may do '{act}'.", "This is a defect of Sporhund: the act has no line in its table.")
    if not signed_in:
        if act in COUNTING or (act in GOVERNING and accounts):
            said = f"'{act}' counts only from somebody who is signed in."
            return Denied("sign-in-needed", said, "Sign in: sporhund login NAME.")
        return Allowed("without sign-in: assurance local")
    able = RIGHTS[act]
    if able.isdisjoint(roles):
        needed = ", ".join(sorted(able))
        return Denied("not-allowed", f"'{act}' is for: {needed}.", "Ask somebody who has that role, or an administrator for it.")
    return Allowed("role " + ", ".join(sorted(able.intersection(Role(role) for role in roles))))
