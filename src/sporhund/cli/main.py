"""The command `sporhund`: one file per group of commands, errors into exit codes here."""
import sys
import traceback
from collections.abc import Sequence

import click

from sporhund.cli import audit, basis, case, evaluate, faces, findings, identify, people, persons, retention, review, serve, setup
from sporhund.cli.context import JsonError
from sporhund.cli.output import Output
from sporhund.errors import SporhundError, WrongUsage

CLICK_USAGE = 2
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="sporhund", message="%(version)s")
def sporhund() -> None:
    """Goes through the video and pictures of a case, finds who and what is in them and when, and accounts for every file.

    Begin with: sporhund demo
    """


for room in (setup, people, case, review, findings, basis, faces, identify, persons, retention, evaluate, audit, serve):
    for command in room.COMMANDS:
        sporhund.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 some files failed, 2 usage, 3 refused, 4 environment, 130 interrupted."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = sporhund.main(args, prog_name="sporhund", standalone_mode=False)
    except click.exceptions.Exit as exc:
        code = exc.exit_code
    except JsonError as exc:
        code = exc.code
    except click.ClickException as exc:
        if "--json" in args:
            context = getattr(exc, "ctx", None)
            command = context.command_path.removeprefix("sporhund").strip() if context else ""
            Output(command, True).failed(WrongUsage("usage", exc.format_message(), f"See: sporhund {command} --help"))
        else:
            exc.show()
        code = CLICK_USAGE
    except click.Abort:
        sys.stderr.write("Nothing was done.\n")
        code = INTERRUPTED
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. Everything finished is kept; run the same command again to go on.\n")
        code = INTERRUPTED
    except SporhundError as exc:
        sys.stderr.write(f"{exc.code}: {exc.message}\n" + (f"  {exc.hint}\n" if exc.hint else ""))
        code = exc.exit_code
    except BrokenPipeError:
        code = 0
    except Exception as exc:  # noqa: BLE001 - the last door: never a traceback without --debug
        if "--debug" in args:
            traceback.print_exc()
        sys.stderr.write(f"internal-error: {type(exc).__name__}: {exc}\n  Run it again with --debug and send what it prints.\n")
        code = 4
    sys.exit(code if isinstance(code, int) else 0)
