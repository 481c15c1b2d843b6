#!/usr/bin/env python3
"""Set Sporhund up in this folder, then run it.

    python3 bootstrap.py demo    everything that is needed, then the demo case
    python3 bootstrap.py test    everything that is needed, then the whole test suite

Needs Python 3.11 or newer and a package index, nothing else: no compiler, no system library, no root. Whatever follows
the word is handed on (`test tests/setup -k lock`). The environment is `.venv` beside this file. What is there already
stays: a second start takes no second set-up.

Only the standard library is used here, in a way that an older Python can still read: it must be able to say why not.
"""
import base64
import configparser
import hashlib
import importlib.util
import json
import os
import re
import shlex
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "sporhund-setup.json"
ENV = os.environ  # noqa: TID251 - this file runs before there is anything to hand settings in

LOCKS = {"demo": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}  # the second holds the first
START = {"demo": ["sporhund", "demo"], "test": ["pytest"]}  # programs of the environment

# pip for a Python that comes without (Debian without python3-venv). The digest is what is trusted, not the connection.
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
DEFAULT_INDEX = "https://pypi.org/simple"
ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5, */*;q=0.1"  # PEP 691; an older index answers HTML


class Stop(Exception):
    """The set-up cannot go on: one line what happened, one line what to do."""


def main(arguments):
    if not arguments or arguments[0] not in START:
        print(__doc__.split("\n\nNeeds")[0])
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    what, handed_on = arguments[0], arguments[1:]
    try:
        check_python()
        set_up(what)
    except Stop as stop:
        print("\n".join(str(line) for line in stop.args), file=sys.stderr)
        return 4
    except OSError as fault:
        print(f"{fault.filename or VENV}: {fault.strerror or fault}", file=sys.stderr)
        print("Give this user the right to write there, or make room, and start again.", file=sys.stderr)
        return 4
    except KeyboardInterrupt:
        print("\nInterrupted. Start again to go on.", file=sys.stderr)
        return 130
    program, *words = START[what]
    return os.execv(VENV / "bin" / program, [program, *words, *handed_on])  # this process becomes that program


def check_python():
    if sys.version_info < (3, 11):  # noqa: UP036 - here is where an older one is told
        raise Stop(
            "Sporhund needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info),
            "Start it with a newer one, for example: python3.11 bootstrap.py demo",
        )


# --- what is needed, and what is there already


def set_up(what):
    """Bring `.venv` to what `what` needs. Does nothing when the stamp says that it is there."""
    done = read_stamp()
    if done.get(what) == wanted(what):
        return
    if not (done or usable()):
        say("Making the environment .venv")
        make_venv()
    say(f"Installing what {what} needs from the package index (some minutes the first time)")
    pip("install", "--only-binary=:all:", "--require-hashes", "-r", LOCKS[what])
    pip("install", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    there = ("demo", "test") if what == "test" else ("demo",)
    STAMP.write_text(json.dumps({"place": str(VENV), **done, **{each: wanted(each) for each in there}}), encoding="utf-8")
    say("Set up.")


def wanted(what):
    """Digest of all that decides what is installed."""
    digest = hashlib.sha256()
    for path in (LOCKS["demo"], LOCKS[what], ROOT / "pyproject.toml"):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_stamp():
    """What is set up here; nothing where that was never finished, the folder has moved or the Python is gone."""
    try:
        done = json.loads(STAMP.read_text(encoding="utf-8")) if PYTHON.exists() else {}
    except (FileNotFoundError, ValueError):
        return {}
    return done if done.get("place") == str(VENV) else {}


def usable():
    """Whether an environment is here already that pip can go on with: somebody's own, or one half filled."""
    script = VENV / "bin" / "pip"
    if not (PYTHON.exists() and script.is_file() and f"{VENV}/bin/python" in script.read_text(errors="replace")):
        return False
    asked = subprocess.run([PYTHON, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"],
                           stderr=subprocess.DEVNULL, check=False)
    return asked.returncode == 0


def say(line):
    print(f"· {line}", file=sys.stderr, flush=True)


# --- the environment and its pip


def make_venv():
    """`.venv` with a pip in it: this Python's own where it has one, else the pinned wheel from the index."""
    own_pip = importlib.util.find_spec("ensurepip") is not None and has_ca_store()
    run([sys.executable, "-m", "venv", "--clear", *([] if own_pip else ["--without-pip"]), VENV], "make .venv")
    if not own_pip:
        wheel = VENV / PIP_WHEEL
        wheel.write_bytes(fetch_pip(read_index()))
        run([PYTHON, wheel / "pip", "install", "--quiet", "--no-index", "--no-deps", wheel], "install pip")
        wheel.unlink()


def pip(*arguments):
    """Run the environment's pip and show what it is at on one line. Its own words only where it fails."""
    command = [PYTHON, "-m", "pip", "--no-input", "--disable-pip-version-check", *arguments]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, encoding="utf-8", errors="replace", cwd=ROOT,
                               env={**ENV, "PIP_USER": "0"})  # a site may have told pip to install for the user
    lines, packages = [], 0
    for line in process.stdout:
        lines.append(line.rstrip())
        found = re.match(r"Collecting ([\w.-]+)", line)
        packages += bool(found)
        if found and sys.stderr.isatty():
            print(f"\r\033[K  {packages} packages: {found.group(1)}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    if process.wait():
        raise Stop("pip could not install what is needed:", *reasons(lines), "Check the package index (pip config list), "
                   "the network and the free space, and start again.")


def reasons(lines):
    """What pip says went wrong: why it could not reach the index (once, not for each try), then its errors."""
    unreached = [line for line in lines if "Retrying" in line or "Could not fetch URL" in line]
    errors = [line for line in lines if line.startswith(("ERROR", "error"))]
    return [line[:400] for line in (unreached[:1] + errors or lines[-5:])[:8]]


def run(command, purpose):
    command = [str(part) for part in command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise Stop(f"Could not {purpose}: {shlex.join(command)}", *done.stdout.strip().splitlines()[-5:])


# --- pip's wheel out of the package index, where Python has no pip


class Index:
    """Where pip is told to look: its own settings, read as pip reads them (the environment over the files)."""

    def __init__(self, settings):
        self.pages = []
        if settings.get("no-index", "").lower() not in ("1", "true", "yes", "on"):
            indexes = [settings.get("index-url", DEFAULT_INDEX), *settings.get("extra-index-url", "").split()]
            self.pages = [url.rstrip("/") + "/pip/" for url in indexes]
        self.links = settings.get("find-links", "").split()
        self.cert = settings.get("cert")
        self.proxy = settings.get("proxy")


def read_index():
    settings = {}
    for path in settings_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError) as fault:
            raise Stop(f"pip's settings cannot be read: {path}", str(fault).splitlines()[0]) from fault
        for section in ("global", "install"):
            if parser.has_section(section):
                settings.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    for key in ("index-url", "extra-index-url", "find-links", "no-index", "cert", "proxy"):
        told = ENV.get("PIP_" + key.upper().replace("-", "_"))
        if told:
            settings[key] = told
    return Index(settings)


def settings_files():
    """pip's files for the machine and the user, the later over the earlier (pip's guide, "Configuration Files")."""
    named = ENV.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    home = Path.home()
    machine = [Path(folder) / "pip" / "pip.conf" for folder in ENV.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":") if folder]
    user = Path(ENV.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
    files = [*machine, Path("/etc/pip.conf"), home / ".pip" / "pip.conf", user]
    return [path for path in [*files, *([Path(named)] if named else [])] if path.is_file()]


def fetch_pip(index):
    """The bytes of the pinned pip wheel, from the first folder or index that has it."""
    told = []
    for link in [*index.links, *index.pages]:
        try:
            wheel = wheel_at(link, index)
        except (OSError, ValueError) as fault:  # URLError is an OSError
            told.append(f"  {bare(link)}: {getattr(fault, 'reason', fault)}")
            continue
        if wheel is None:
            told.append(f"  {bare(link)}: no {PIP_WHEEL}")
        elif hashlib.sha256(wheel).hexdigest() != PIP_SHA256:
            told.append(f"  {bare(link)}: {PIP_WHEEL} is not the one that is pinned here (SHA-256)")
        else:
            return wheel
    raise Stop("This Python has no pip, and none was found at:", *told,
               "Install it (Debian: apt-get install python3-venv ca-certificates), or name your index in pip.conf.")


def wheel_at(link, index):
    """The wheel from a folder or from a page of links (HTML or JSON); None when it is not listed there."""
    if "://" not in link:
        path = Path(link).expanduser() / PIP_WHEEL
        return path.read_bytes() if path.is_file() else None
    if link.startswith("file:"):
        folder = Path(urllib.request.url2pathname(urllib.parse.urlsplit(link).path))
        if (folder / PIP_WHEEL).is_file():
            return (folder / PIP_WHEEL).read_bytes()
        if (folder / "index.html").is_file():
            link = folder.as_uri() + "/index.html"
        elif folder.is_dir() or not folder.exists():
            return None
    page, address = read_url(link, index)
    for href in links_of(page):
        if PIP_WHEEL in href:
            return read_url(urllib.parse.urljoin(address, href), index)[0]
    return None


def links_of(page):
    if page.lstrip().startswith(b"{"):
        return [entry["url"] for entry in json.loads(page)["files"]]
    parser = Links()
    parser.feed(page.decode("utf-8", "replace"))
    return parser.found


class Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name == "href" and value]


def read_url(url, index):
    """Content and final address. A user name and a password in the address go out only over a checked connection."""
    parts = urllib.parse.urlsplit(url)
    request = urllib.request.Request(bare(url), headers={"Accept": ACCEPT})
    if parts.username:
        secret = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        request.add_header("Authorization", "Basic " + base64.b64encode(secret.encode()).decode())
    handlers = [urllib.request.HTTPSHandler(context=tls(index, secret=bool(parts.username)))]
    if index.proxy:
        handlers.append(urllib.request.ProxyHandler({"http": index.proxy, "https": index.proxy}))
    with urllib.request.build_opener(*handlers).open(request, timeout=60) as answer:
        return answer.read(), answer.geturl()


def tls(index, secret):
    """Checked against the machine's certificates, or pip's setting. Without any, only the digest vouches for the wheel:
    that is enough for what comes in (a wrong byte is refused), not for a password that goes out."""
    if index.cert:
        return ssl.create_default_context(cafile=index.cert)
    if has_ca_store():
        return ssl.create_default_context()
    if secret:
        raise Stop("The package index asks for a password, and this machine has no certificates to check whom it talks to.",
                   "Install them (Debian: apt-get install ca-certificates), or name a file: PIP_CERT=/path/to/ca.pem")
    return ssl._create_unverified_context()


def has_ca_store():
    paths = ssl.get_default_verify_paths()  # knows SSL_CERT_FILE and SSL_CERT_DIR; None where nothing is there
    return bool(paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())))


def bare(url):
    """The address without user name and password: fit to be sent as a host, and to be shown."""
    parts = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "://" in url else url


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
