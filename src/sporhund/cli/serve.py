"""sporhund serve: the desk in the browser."""
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from sporhund.cli.context import common, opened
from sporhund.cli.output import Output


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; other machines come in over TLS.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0: a free one.")
@click.option("--intake", "roots", type=click.Path(path_type=Path, exists=True, file_okay=False), multiple=True,
              help="A folder of collected material that may be taken in at the desk. May be given several times.")
@click.option("--tls-certificate", type=click.Path(path_type=Path, exists=True), help="PEM file of the server's certificate.")
@click.option("--tls-key", type=click.Path(path_type=Path, exists=True), help="PEM file of its key.")
@click.option("--without-encryption", is_flag=True, help="Let other machines in without TLS: where the network itself encrypts.")
@common
def serve(
    out: Output, home: Path | None, host: str, port: int, roots: tuple[Path, ...], tls_certificate: Path | None,
    tls_key: Path | None, without_encryption: bool,
) -> None:
    """The desk: Sporhund in a browser, for everybody who works on cases. Ends with Ctrl-C; work goes on at the next start."""
    with opened(home, warn=False) as place:
        open_desk(out, place, host=host, port=port, roots=roots, certificate=tls_certificate, key=tls_key,
                  without_encryption=without_encryption)


def open_desk(
    out: Output, place: Any, *, host: str = "127.0.0.1", port: int = 0, roots: Sequence[Path] = (),
    certificate: Path | None = None, key: Path | None = None, without_encryption: bool = False,
) -> None:
    """Answer until Ctrl-C. Says the address once it answers; with --json as the one document. Raises as `desk.server.serve`."""
    from sporhund.desk import server

    place.take_in_from([root.absolute() for root in roots])

    def told(desk: server.Open) -> None:
        if not desk.loopback and not desk.secure:
            out.warn("Other machines reach this desk without encryption: passwords and pictures can be read on the way. "
                     "Nobody else may be on this network.")
        out.done({"address": desk.address, "first": desk.first}, lambda console, d: console.print(
            f"The desk is open: {d['address']}\n" + (f"Make its first account, once: {d['first']}\n" if d["first"] else "")
            + "Ctrl-C closes it; work in the background goes on at the next start.", markup=False, soft_wrap=True))

    server.serve(place, host=host, port=port, certificate=certificate, key=key, without_encryption=without_encryption,
                 told=told)


COMMANDS = (serve,)
