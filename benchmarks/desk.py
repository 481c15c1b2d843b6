"""How long the desk's server takes for a page, with many people at once on the largest case.

    python -m benchmarks.desk_case --home DIR            the case, made once
    python -m benchmarks.desk --home DIR [--people 20] [--seconds 60] [--case BIG]

A desk is started as anybody would start it. Each person signs in and asks for one page a second, of their own mix and at their
own moment; what is told is the server's own time of each page (Server-Timing), by kind of page: median, 95 % and slowest. The
people run in this process, on the same machine. The asked bound: 95 % under 300 ms with 20 people, under 600 ms with 50.
"""
import argparse
import asyncio
import json
import os
import random  # noqa: TID251 - a load is drawn by chance, with a fixed seed
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx2 as httpx

from sporhund.access import passwords, records
from sporhund.access.model import Role, User
from sporhund.api.home import Sporhund
from sporhund.store.ids import new_id

PASSWORD = "a made-up password"
ROLES = frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})
FILTERS = ("", "has=face", "has=vehicle&kind=video", "unrecognised=1", "seen=nobody", "has=person&sort=time", "sort=colour:red",
           "has=face&face_px=40&sort=face-size", "mark=relevant", "seen=not-me&has=face")
KINDS = ("gallery", "gallery", "gallery more", "timeline", "timeline rows", "timeline rows", "viewer", "viewer", "overview",
         "cases", "subjects", "exhibits", "intake", "log", "own page")


def people_of(place: Sporhund, case_id: str, number: int) -> list[str]:
    """So many accounts on the case; their names."""
    kept, names = passwords.encode(PASSWORD), [f"load{at:02}" for at in range(number)]
    with place.store.transaction() as rows:
        for name in names:
            known = records.user_named(rows, name)
            user = known or User(new_id("u"), name, name.title(), ROLES, "default", None, None, place.clock.now())
            if known is None:
                records.add_user(rows, user, kept)
                records.add_act(rows, user.id, "password", by=user.id, at=user.created_at)
            records.add_member(rows, case_id, user.id, by="load", at=place.clock.now())
    return names


class Person:
    """Somebody before a browser, who looks at a page a second."""

    def __init__(self, name: str, base: str, case_id: str, media: list[str], told: dict[str, list[float]]) -> None:
        self.name, self.case, self.media, self.told = name, case_id, media, told
        self.chance = random.Random(name)
        self.client = httpx.AsyncClient(base_url=base, timeout=60)
        self.cursor: str | None = None
        self.failed: list[str] = []

    async def work(self, seconds: float) -> None:
        await asyncio.sleep(self.chance.random())
        for _ in range(round(seconds)):
            due = asyncio.get_running_loop().time() + 1
            kind = self.chance.choice(KINDS)
            address = self._address(kind)
            answer = await self.client.get(address)
            if answer.status_code != 200:
                self.failed.append(f"{answer.status_code} {address}")
            self.told[kind].append(float(answer.headers["server-timing"].partition("dur=")[2]))
            found = re.search(r'after=([^"&]+)', answer.text) if kind.startswith("gallery") else None
            self.cursor = found[1] if found else self.cursor
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
        await self.client.aclose()

    async def sign_in(self) -> None:
        page = (await self.client.get("/sign-in")).text
        csrf = page.split('name="csrf" content="', 1)[1].split('"', 1)[0]
        await self.client.post("/sign-in", data={"csrf": csrf, "name": self.name, "password": PASSWORD})

    def _address(self, kind: str) -> str:
        case, chance = f"/case/{self.case}", self.chance
        match kind:
            case "gallery":
                return f"{case}/gallery?{chance.choice(FILTERS)}"
            case "gallery more":
                return f"{case}/gallery/items.html?after={self.cursor}" if self.cursor else f"{case}/gallery/items.html"
            case "timeline":
                return f"{case}/timeline"
            case "timeline rows":
                day, hour = chance.randrange(1, 8), chance.randrange(0, 22)
                long = chance.choice((1, 1, 2))
                start, end = f"2026-06-0{day}T{hour:02}:00:00", f"2026-06-0{day}T{hour + long:02}:00:00"
                return f"{case}/timeline/rows.json?from={start}&to={end}&bins=1000"
            case "viewer":
                return f"{case}/media/{chance.choice(self.media)}"
            case "overview":
                return case
            case "cases":
                return "/"
            case "own page":
                return "/me"
        return f"{case}/{kind}"


async def opening(base: str, name: str, case_id: str) -> None:
    """The case is read into memory when the first person opens it: once for each start of a desk, told apart."""
    first = Person(name, base, case_id, [], defaultdict(list))
    await first.sign_in()
    answer = await first.client.get(f"/case/{case_id}/timeline")
    print(f"the first page of the case after a start: {answer.headers['server-timing'].partition('dur=')[2]} ms")
    await first.client.aclose()


def processor_s(process: int) -> float:
    """Seconds of the processor that a process has used."""
    used = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


async def load(
    base: str, names: list[str], case_id: str, media: list[str], seconds: float, desk: int,
) -> tuple[dict[str, list[float]], list[str], float]:
    """Times by kind of page, what failed, and milliseconds of the processor that the desk's process used for a page."""
    told: dict[str, list[float]] = defaultdict(list)
    await opening(base, names[0], case_id)
    people = [Person(name, base, case_id, media, told) for name in names]
    for person in people:                       # a password costs a tenth of a second by intention: before the pages
        await person.sign_in()
    before = processor_s(desk)
    await asyncio.gather(*(person.work(seconds) for person in people))
    used = (processor_s(desk) - before) * 1000 / sum(len(of) for of in told.values())
    return told, [one for person in people for one in person.failed], used


def show(told: dict[str, list[float]]) -> None:
    every = [one for of in told.values() for one in of]
    print(f"{'page':16} {'asked':>6} {'median':>8} {'95 %':>8} {'slowest':>8}   ms of the server")
    for kind, of in [*sorted(told.items()), ("all", every)]:
        ninety_five = statistics.quantiles(of, n=20)[-1] if len(of) > 1 else of[0]
        print(f"{kind:16} {len(of):6} {statistics.median(of):8.1f} {ninety_five:8.1f} {max(of):8.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--case", default="BIG")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    with Sporhund(chosen.home) as place:
        with place.store.reader() as rows:
            from sporhund.cases import service

            case_id = service.find(rows, chosen.case).id
        names = people_of(place, case_id, chosen.people)
        media = _some_media(place, case_id)
        desk = subprocess.Popen([Path(sys.executable).with_name("sporhund"), "serve", "--port", "0", "--json"],
                                stdout=subprocess.PIPE, text=True, env={**os.environ, "SPORHUND_HOME": str(chosen.home)})  # noqa: TID251
        try:
            assert desk.stdout is not None
            said: dict[str, Any] = json.loads(desk.stdout.readline())
            told, failed, used = asyncio.run(load(said["data"]["address"], names, case_id, media, chosen.seconds, desk.pid))
        finally:
            desk.terminate()
            desk.wait(30)
    print(f"{chosen.people} people, one page a second each, {chosen.seconds:g} s, case {chosen.case}")
    show(told)
    print(f"the desk's own process used {used:.1f} ms of a processor for a page")
    if failed:
        print(f"{len(failed)} answers were no page, the first: {failed[:5]}")


def _some_media(place: Sporhund, case_id: str) -> list[str]:
    from sqlalchemy import text

    with place.store.reader() as rows:
        return list(rows.scalars(text(
            "(select id from medium where case_id = :case and kind = 'video' order by id limit 300) union all"
            " (select id from medium where case_id = :case and kind = 'still' order by id limit 1000)"), {"case": case_id}))


if __name__ == "__main__":
    main()
