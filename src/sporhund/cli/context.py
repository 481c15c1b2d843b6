"""What every command shares: --home, --json, --debug, an opened Sporhund, and errors turned into exit codes."""
import functools
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from sporhund.cli.output import Output
from sporhund.errors import SporhundError


class JsonError(Exception):
    """The error has been said already; only the exit code is left."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def common(run: Callable[..., int | None]) -> Callable[..., Any]:
    """Options of every command, and one place where errors are said. The command gets `out` and `home`."""

    @click.option("--home", type=click.Path(path_type=Path, file_okay=False), help="Where the data lies (SPORHUND_HOME).")
    @click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
    @click.option("--debug", is_flag=True, help="Show the traceback of an error.")
    @functools.wraps(run)
    def command(home: Path | None, as_json: bool, debug: bool, **options: Any) -> None:
        context = click.get_current_context()
        out = context.obj = Output(context.command_path.removeprefix("sporhund "), as_json)
        try:
            code = run(out=out, home=home, **options) or 0
        except KeyboardInterrupt:
            kept = "Interrupted; everything finished is kept."
            out.failed(SporhundError("interrupted", kept, "Run the same command again to go on."))
            code = 130
        except SporhundError as exc:
            if debug:
                traceback.print_exc()
            out.failed(exc)
            code = exc.exit_code
        except (click.ClickException, click.Abort):
            raise
        except Exception as exc:
            if debug or not as_json:
                raise
            out.failed(SporhundError("internal-error", f"{type(exc).__name__}: {exc}", "Run it again with --debug."))
            code = 4
        if code:
            raise JsonError(code)

    return command


def in_case(run: Callable[..., Any]) -> Callable[..., Any]:
    """The option --case."""
    return click.option("--case", "case", required=True, metavar="CASE", help="The case, by its name.")(run)


def paged(run: Callable[..., Any]) -> Callable[..., Any]:
    """The options of lists: --limit and --after."""
    run = click.option("--after", metavar="CURSOR", help="Go on after this cursor (`next` of the page before).")(run)
    return click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Items in a page.")(run)


@contextmanager
def opened(home: Path | None, *, warn: bool = True) -> Iterator[Any]:
    """Sporhund on this home. The API is imported here, so that `--help` is quick. warn: say what it notes of the sign-in."""
    from sporhund.api import home as api

    with api.Sporhund(home) as place:
        out = click.get_current_context().find_object(Output)
        if warn and out is not None:
            for note in place.notes:
                out.warn(note)
        yield place
