"""A real IMAP server: Debian's Dovecot, run from a folder of its own on ports of its own.

It runs as whoever runs the tests, or as nobody where that is root, whom it refuses.
"""

from __future__ import annotations

import grp
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.certificates import Authority

__all__ = ["PASSWORD", "Dovecot", "dovecot_is_missing", "running_dovecot"]

USER, PASSWORD = "bounces", "a-password-of-tests"
_PROGRAM = "/usr/sbin/dovecot"
_SETTINGS = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = test
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
ssl = yes
ssl_cert = <{folder}/localhost30.pem
ssl_key = <{folder}/localhost30.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail
mailbox_list_index = no
imap_capability = {capability}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def dovecot_is_missing() -> bool:
    """Whether tests with it must be skipped."""
    return not Path(_PROGRAM).exists()


@dataclass(frozen=True)
class Dovecot:
    """It runs: plain and STARTTLS at `port`, TLS at `tls_port`, with a certificate of `authority` for `localhost`."""

    folder: Path
    port: int
    tls_port: int

    @property
    def authority(self) -> Path:
        """Who signed its certificate."""
        return self.folder / "authority.pem"

    def put(self, content: bytes) -> None:
        """A message arrives, as a mail server delivers into a Maildir: under a name that no other ever had there."""
        name = f"{time.time_ns()}.{secrets.token_hex(8)}.test"
        for inside in ("tmp", "new", "cur"):
            (self.folder / "mail" / inside).mkdir(parents=True, exist_ok=True)
        waiting = self.folder / "mail" / "tmp" / name
        waiting.write_bytes(content)
        _give(self.folder / "mail")
        waiting.rename(self.folder / "mail" / "new" / name)

    def empty(self) -> None:
        """Take every message out of INBOX."""
        for inside in ("new", "cur"):
            for path in (self.folder / "mail" / inside).glob("*"):
                path.unlink()

    def lying_in(self, name: str = "") -> list[bytes]:
        """The messages of a folder, INBOX without a name, as they lie on the disk."""
        folder = self.folder / "mail" / (f".{name}" if name else "")
        return sorted(path.read_bytes() for inside in ("new", "cur") for path in (folder / inside).glob("*"))


@contextmanager
def running_dovecot(*, capability: str = "") -> Iterator[Dovecot]:
    """Dovecot, until the end of the block. `capability` replaces what it says it can do."""
    # not a folder of pytest's, which only its user may enter; and the path of a socket must be short
    with tempfile.TemporaryDirectory(prefix="imap-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with _running(folder, capability) as server:
            yield server


@contextmanager
def _running(folder: Path, capability: str) -> Iterator[Dovecot]:
    owner = _owner()
    ports = [_free_port() for _ in range(2)]
    Authority(folder).server("localhost")
    for name in ("run", "state", "home", "mail"):
        (folder / name).mkdir(exist_ok=True)
    settings = _SETTINGS.format(
        folder=folder,
        user=owner.pw_name,
        group=grp.getgrgid(owner.pw_gid).gr_name,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        password=PASSWORD,
        port=ports[0],
        tls_port=ports[1],
        capability=capability,
    )
    (folder / "dovecot.conf").write_text(settings)
    _give(folder)
    process = subprocess.Popen(
        [_PROGRAM, "-F", "-c", str(folder / "dovecot.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        user=owner.pw_uid if os.getuid() == 0 else None,
        group=owner.pw_gid if os.getuid() == 0 else None,
        extra_groups=[] if os.getuid() == 0 else None,
    )
    try:
        _wait_for(ports[0], process)
        yield Dovecot(folder, *ports)
    finally:
        process.terminate()
        process.wait(20)
        if process.stderr:
            process.stderr.close()


def _owner() -> pwd.struct_passwd:
    return pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")


def _give(folder: Path) -> None:
    """Let all of a folder belong to whom the server runs as."""
    owner = _owner()
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, owner.pw_uid, owner.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(process.stderr.read().decode() if process.stderr else "Dovecot ended")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")
