"""A page: a template filled for one person. Nothing here reads the store but what stands on every page of a case."""
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sporhund import __version__
from sporhund.desk import session
from sporhund.desk.ask import Ask
from sporhund.desk.showing import mark_word, origin_of
from sporhund.desk.words.things import thing
from sporhund.viewing.keys import ACTS, effective

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
_METHODS = frozenset(dir(dict))


class _Environment(Environment):
    """Reads `one.name` of a dict at once: most of what a page shows are dicts, and each asked first for an attribute that it has
    not costs a third of a page (measured). A method stays a method, also where somebody calls a mark `items`."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        return Environment.getattr(self, obj, attribute)


_environment = _Environment(
    loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True, auto_reload=False)
_environment.globals["path"] = lambda *parts: "/" + "/".join(quote(str(part), safe="") for part in parts)


def make_ready() -> None:
    """Have every page ready before the first person asks for one: reading them takes half a second."""
    for name in _environment.list_templates(["html"]):
        _environment.get_template(name)


@cache
def asset(name: str) -> str:
    """The address of a static file with its digest: a browser keeps it for good and asks anew when it has changed."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?{digest}"


_environment.globals["asset"] = asset
_environment.globals |= {"mark_word": mark_word, "origin_of": origin_of, "thing_word": thing}


def render(ask: Ask, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The page, with what stands on every page: who, which language and theme, and of a case what is always in view."""
    glance = ask.case.glance() if ask.case_id is not None and "case" in ask.__dict__ else None
    answer = HTMLResponse(fill(ask, template, glance=glance, **context), status)
    if ask.visit is not None:
        session.keep_visit(answer, ask.visit, secure=ask.request.app.state.desk.secure)
    return answer


def fill(ask: Ask, template: str, **context: Any) -> str:
    """A template, or a part of a page for a script."""
    keys = effective(ask.choices.get("keys") or {})
    return _environment.get_template(template).render(
        ask=ask, _=ask.say, say=ask.say, choices=ask.choices, csrf=ask.csrf, version=__version__, here=ask.request.url.path,
        signed_in=ask.actor.user is not None, key_acts=ACTS, keys=keys, keys_json=json.dumps(keys), **context)


def see(address: str, *, said: str | None = None) -> Response:
    """After a change: look at the page again, so that reloading repeats nothing. said: a word for the page, by its key."""
    if said:
        address += ("&" if "?" in address else "?") + "said=" + quote(said)
    return RedirectResponse(address, 303)


def inside(address: str | None, otherwise: str = "/") -> str:
    """An address of this desk, or another: nobody is led away from it."""
    plain = address or ""
    return plain if plain.startswith("/") and not plain.startswith(("//", "/\\")) and plain.isprintable() else otherwise
