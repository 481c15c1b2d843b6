"""Does the work that waits, one after the other, in a thread of a server: each as the person who asked for it."""
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection

from sporhund.access import gate
from sporhund.access import records as access_records
from sporhund.actor import Actor, Clock
from sporhund.audit import service as audit
from sporhund.audit.keys import Keys
from sporhund.errors import EnvironmentFault, Refused, SporhundError
from sporhund.review.drive import claimed
from sporhund.review.progress import Progress
from sporhund.store import queue
from sporhund.store.queue_worker import QueueWorker
from sporhund.store.service import Store
from sporhund.work import intake, records, rules, unsent
from sporhund.work.model import Focus, Kind, State, Work

log = logging.getLogger("sporhund.work")

TELL_EVERY_S = 1.0
ASK_AGAIN_S = 10.0         #: whether the person may still do this
PREPARING = "preparing"    #: the stage before those of review.progress
AFTER_A_FAULT_S = 2.0      #: the database is tried again
AFTER_A_DEFECT_S = 15.0    #: whatever else it was


class Stopped(Exception):
    """The work under way ends here: a person wished it, the server stops, or another runner has it. Units go back."""


class Told:
    """What an analysis tells and hears while it runs; every call may raise Stopped."""

    def __init__(self, runner: "Runner", work: Work, actor: Actor) -> None:
        self._runner, self._work, self._actor = runner, work, actor
        self._told = self._asked = time.monotonic()
        self.focus: Focus | None = work.asked.focus
        self.progress: Mapping[str, Any] | None = None
        self.notes: list[str] = []

    def __call__(self, progress: Progress) -> None:
        """How far it is."""
        first, self.progress = self.progress is None, asdict(progress)
        self._look(at_once=first)

    def note(self, said: str) -> None:
        """Something that whoever asked should know of the result."""
        self.notes.append(said)

    def look(self, said: str) -> None:
        """What goes on before there is any progress: a pack is built, material is made."""
        first = self.progress is None
        if first or (self.progress or {}).get("stage") == PREPARING:
            self.progress = asdict(Progress(PREPARING, latest=said))
        self._look(at_once=first)

    def _look(self, *, at_once: bool = False) -> None:
        if self._runner.stopping:
            raise Stopped
        now = time.monotonic()
        if not at_once and now - self._told < TELL_EVERY_S:
            return
        self._told = now
        with self._runner.store.transaction() as rows:
            said = records.tell(rows, self._work, self._runner.claim, self.progress)
        if said is None or said.wish is not None:
            raise Stopped
        self.focus = records.asked_of(said.asked).focus
        if now - self._asked > ASK_AGAIN_S:
            self._asked = now
            self._runner.may(self._work)


Act = Callable[[Work, Actor, Told], Mapping[str, Any]]
"""Does one work as an actor; what it came to, without lists. Raises what an analysis raises, and Stopped."""


class Runner:
    """The worker of one server. Several servers on one home share the work; none does what another is at."""

    def __init__(self, act: Act, *, store: Store, keys: Keys, clock: Clock, actor: Actor) -> None:
        """actor: whoever runs the server; what it does of its own accord is theirs in the log."""
        self._act, self.store, self.keys, self.clock, self._host = act, store, keys, clock, actor
        self.claim = 0
        self._worker: QueueWorker | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sporhund work", daemon=True)
        self.fault: BaseException | None = None     #: what last kept it from working; None: it works

    @property
    def stopping(self) -> bool:
        """Whether the server stops."""
        return self._over.is_set()

    def start(self) -> None:
        """Begin: what waits, and what was under way when a server died, goes on."""
        self._thread.start()

    def stop(self, timeout_s: float | None = 30.0) -> bool:
        """Stop cleanly; the work under way goes on with the next server. False: it has not ended within that time.

        timeout_s: None: wait until it has ended, however long that takes.
        """
        self._over.set()
        if self._worker is not None:
            self._worker.stop()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self.stopping:
            try:
                with claimed(self.store) as self.claim:
                    self._renew()
                    self._worker = QueueWorker(self.store, self._next)
                    self.fault = None
                    if not self.stopping:
                        self._worker.run()
            except Exception as fault:  # noqa: BLE001 - whatever it was, it is told, and work is tried again until it goes on
                self._failed(fault)
            self._over.wait(AFTER_A_FAULT_S if isinstance(self.fault, EnvironmentFault | None) else AFTER_A_DEFECT_S)

    def _failed(self, fault: Exception) -> None:
        """Keep what stands in the way for the page, and tell it on the server's terminal."""
        self.fault = fault
        if isinstance(fault, EnvironmentFault):     # the database went away: nothing of ours is wrong
            log.error("%s: %s", fault.code, fault.message)
        else:
            log.error("the work in the background met something that is not known", exc_info=fault)

    def _renew(self) -> None:
        """Queue what waits anew, and what no living runner is at; uploads that died with a server are broken."""
        unsent.tidy(store=self.store, keys=self.keys, clock=self.clock, actor=self._host)
        with self.store.transaction() as rows:
            for work, told in records.free_abandoned(rows, self.clock.now()):
                self._log(rows, work, told.value, work.progress)
            queue.renew(rows, records.count_waiting(rows))

    def _next(self) -> None:
        """Do the work that waits first, if any does. Whatever is raised here, its row is still ours, and it waits again later."""
        try:
            self._do_first()
        except Exception as fault:  # noqa: BLE001 - the queue would swallow it, and the row would run for ever
            self._failed(fault)
            if self._worker is not None:
                self._worker.stop()                 # and begin anew, with a claim that is held

    def _do_first(self) -> None:
        with self.store.transaction() as rows:
            work = records.take(rows, self.claim, self.clock.now())
        if work is None:
            return
        told = Told(self, work, work.actor)
        try:
            actor = self.may(work)
            told = Told(self, work, actor)
            outcome = dict(self._act(work, actor, told))
        except Stopped:
            self._stop(work, told)
        except SporhundError as fault:
            if fault.code == "database-down":
                raise
            self._end(work, told, State.FAILED, code=fault.code, reason=f"{fault.message} {fault.hint}".strip())
        except Exception as fault:  # noqa: BLE001 - whatever it was, the row says so, and the next work begins
            self._end(work, told, State.FAILED, code="internal-error", reason=f"{type(fault).__name__}: {fault}")
        else:
            self._end(work, told, State.DONE, outcome=outcome | {"notes": told.notes})

    def may(self, work: Work) -> Actor:
        """Whoever asked, with the rights they have now. Raises Refused where they may not any more."""
        actor = work.actor
        if actor.user is not None:
            with self.store.reader() as rows:
                user = access_records.user_of(rows, actor.user)
            if user is None or user.disabled_at is not None:
                raise Refused("account-disabled", f"The account of {actor.name}, who asked for this, is disabled.",
                              "Somebody else of the case can try it again.")
            actor = replace(actor, roles=frozenset(role.value for role in user.roles), unit=user.unit)
        gate.check("work", case_id=work.case_id, store=self.store, keys=self.keys, clock=self.clock, actor=actor)
        if work.asked.kind is Kind.ANALYSE:
            intake.allowed(work.asked.paths, work.case_id, self.store.settings)
        return actor

    def _stop(self, work: Work, told: Told) -> None:
        """What a person wished, or the server's stop: the row says how far it came, and what was finished is kept."""
        with self.store.transaction() as rows:
            wish = records.wish_of(rows, work)
            state = rules.stopped(wish)
            kept = {"ended_at": self.clock.now()} if state is State.CANCELLED else {}
            ours = records.end(rows, work, self.claim, state=state, progress=told.progress, **kept)
            if ours and wish is None:
                queue.defer(rows)                  # for the next server
            if ours and wish is not None:
                self._log(rows, work, state.value, told.progress)

    def _end(
        self, work: Work, told: Told, state: State, *, outcome: Mapping[str, Any] | None = None, code: str | None = None,
        reason: str | None = None,
    ) -> None:
        """The row says how it ended. Where that cannot be written as it is, it says so in plain words: no row runs for ever."""
        try:
            self._write_end(work, state, told.progress, outcome, code, reason)
        except EnvironmentFault:
            raise
        except Exception as fault:
            log.exception("how the work %s ended could not be kept", work.id)
            self._write_end(work, State.FAILED, None, None, "end-not-kept",
                            f"It came to its end ({state.value}), and what it came to could not be written down "
                            f"({type(fault).__name__}). What it found is kept. Try it once more.")

    def _write_end(
        self, work: Work, state: State, progress: Mapping[str, Any] | None, outcome: Mapping[str, Any] | None, code: str | None,
        reason: str | None,
    ) -> None:
        with self.store.transaction() as rows:
            ours = records.end(rows, work, self.claim, state=state, ended_at=self.clock.now(), progress=progress, outcome=outcome,
                               code=code, reason=reason)
            if ours:
                self._log(rows, work, state.value, progress, code)

    def _log(
        self, rows: Connection, work: Work, ended: str, progress: Mapping[str, Any] | None, code: str | None = None,
    ) -> None:
        done = {name: (progress or {}).get(name) for name in ("stage", "files", "files_done", "units", "units_done")}
        audit.record(rows, action="work end", actor=work.actor, at=self.clock.now(), keys=self.keys, case_id=work.case_id,
                     outcome="failed" if ended == State.FAILED else "done",
                     payload={"work": work.id, "state": ended, "code": code, **done})
