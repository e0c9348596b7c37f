"""The command line; it imports nothing of the platform before it knows what is wanted."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
_EXAMPLES = """
\b
Start here:
  thalweg up --demo             a running platform with an image to look at
  thalweg add scene.tif         your own image, the same way
  thalweg get /api/collections  one answer, without a server
  thalweg doctor                what is well here and what is not
"""


_GROUPS = {"catalogue": "thalweg.app.cataloguing"}
"""Groups of commands by the module that holds them, loaded when one is wanted."""


class _Speaking(click.Group):
    """A group whose refusals are sentences, not traces."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, those of groups not loaded yet among them."""
        return sorted([*super().list_commands(ctx), *_GROUPS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, its group loaded now."""
        from importlib import import_module

        if cmd_name in _GROUPS:
            found: click.Command = getattr(import_module(_GROUPS[cmd_name]), cmd_name)
            return found
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command; end with 1 and one line where the platform refuses."""
        from thalweg.core.errors import ThalwegError

        try:
            return super().invoke(ctx)
        except ThalwegError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Speaking, epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Thalweg, an Earth-observation platform that brings you to the data."""


def _home(command: F) -> F:
    return click.option(
        "--home", type=click.Path(path_type=Path), help="Folder of the platform's data.  [THALWEG_HOME, ./thalweg-data]"
    )(command)


@main.command()
@click.option("--demo", is_flag=True, help="Bring an image of Olinda, Brazil, to look at and compute on.")
@click.option("--host", help="Address to listen on.  [127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.  [8000]")
@_home
def up(home: Path | None, host: str | None, port: int | None, *, demo: bool) -> None:
    """Start everything: web and worker in one tree of processes."""
    from thalweg.app.settings import read_settings
    from thalweg.app.tree import up as start

    start(read_settings(home=home, host=host, port=port), demo=demo, say=click.echo)


@main.command()
@click.option("--host", help="Address to listen on.  [127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.  [8000]")
@click.option("--fd", type=int, hidden=True, help="A socket that listens already.")
@click.option("--quiet", is_flag=True, help="Log only what is wrong.")
@_home
def serve(home: Path | None, host: str | None, port: int | None, fd: int | None, *, quiet: bool) -> None:
    """Answer requests; any number may serve the same stores."""
    import socket

    from thalweg.app import serving
    from thalweg.app.settings import read_settings

    settings = read_settings(home=home, host=host, port=port)
    if fd is not None:
        listening = socket.socket(fileno=fd)
    else:
        listening = serving.listen(settings.host, settings.port)
        serving.make_ready(settings)
        if not quiet:
            click.echo(f"Thalweg answers at {serving.address_of(listening)}; Ctrl-C stops.")
    serving.serve(settings, listening, quiet=quiet)


@main.command()
@click.option("--quiet", is_flag=True, help="Log only what is wrong.")
@_home
def work(home: Path | None, *, quiet: bool) -> None:
    """Run Jobs; any number may work on the same stores."""
    from thalweg.app.settings import read_settings
    from thalweg.app.working import work as start

    start(read_settings(home=home), quiet=quiet)


@main.command(hidden=True)
@click.option("--demo", is_flag=True)
@_home
def prepare(home: Path | None, *, demo: bool) -> None:
    """Bring the stores up to date and let the administrator in; tells its secrets as JSON."""
    from thalweg.app.lifeline import bind_to_parent
    from thalweg.app.preparing import prepare as make_ready
    from thalweg.app.settings import read_settings

    bind_to_parent()
    click.echo(json.dumps(make_ready(read_settings(home=home), demo=demo)))


@main.command()
@_home
def login(home: Path | None) -> None:
    """Print a new one-time link by which the administrator signs in."""
    from thalweg.app.preparing import login_link
    from thalweg.app.settings import read_settings

    click.echo(login_link(read_settings(home=home)))


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--workspace", help="Where it goes; your own unless named.")
@click.option("--collection", help="Collection that it joins; made where it is not there.")
@click.option("--title", help="What people call it.")
@click.option("--datetime", "when", help="When it was taken: 2024-05-01T10:30:00Z, or an interval START/END.")
@click.option("--bands", help="What its bands show, in order: blue,green,red,nir,swir16.")
@click.option("--url", envvar="THALWEG_URL", default="http://127.0.0.1:8000", show_default=True, help="The platform.")
@click.option("--token", envvar=["THALWEG_TOKEN", "THALWEG_ADMIN_TOKEN"], help="Says who you are.  [THALWEG_TOKEN]")
@_home
def add(
    files: tuple[Path, ...], home: Path | None, workspace: str | None, url: str, token: str | None, **said: str
) -> None:
    """Add images to a running platform: GeoTIFF, cloud-optimized or not."""
    from thalweg.app.adding import add_files

    said["datetime"] = said.pop("when")
    described = {name: value for name, value in said.items() if value is not None}
    add_files(files, url, token, home, workspace, described)


@main.command(name="get")
@click.argument("path")
@click.option("--url", envvar="THALWEG_URL", help="Ask this platform instead of the folder here.  [THALWEG_URL]")
@click.option(
    "--token",
    envvar=["THALWEG_TOKEN", "THALWEG_ADMIN_TOKEN"],
    help="Says who you are; not needed where the folder is; empty: nobody.  [THALWEG_TOKEN]",
)
@_home
def get_path(path: str, url: str | None, token: str | None, home: Path | None) -> None:
    """Print what an address answers, without a server: thalweg get /api/collections."""
    from thalweg.app.asking import ask

    status, body = ask(path, url, token, home)
    sys.stdout.buffer.write(body)
    sys.exit(0 if status < 400 else 1)  # noqa: PLR2004 - HTTP


@main.command()
@_home
def doctor(home: Path | None) -> None:
    """Say what is well on this machine and what is not, and what to do."""
    from thalweg.app.doctor import examine
    from thalweg.app.settings import read_settings

    sys.exit(examine(read_settings(home=home)))


@main.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    click.echo(installed("thalweg"))


if __name__ == "__main__":
    main()
