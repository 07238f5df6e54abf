"""A dispatch through a real Postfix with greylisting into a Maildir: a part of `make mta-test`, as root.

Needs the Debian packages `postfix` and `postgrey`. Both run from a temporary folder on ports of their own on the
loopback interface; what this machine has set up for its own mail is neither read nor changed.
"""

from __future__ import annotations

import mailbox
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dkim

from newsletter.domain.delivery import DeliveryStatus, RetrySchedule
from newsletter.domain.matching import IssueSelector
from newsletter.mail.dkim import DkimKey, DkimSigner, create_key
from newsletter.mail.smtp import Connector, PoolSettings, Relay, Security, Timeouts
from newsletter.services.dispatch import DispatchReport, Plan, Send, SendSettings
from newsletter.store import Database, SqlStore
from tests.support.certificates import Authority
from tests.support.dispatching import subscribers
from tests.support.mails import make_assembler
from tests.support.samples import make_issue

DOMAIN = "readers.example"
GREY_SECONDS = 5
WANTED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Help",
    "List-Post",
    "Auto-Submitted",
    "Precedence",
    "MIME-Version",
)
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
myhostname = mx.{domain}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
local_recipient_maps =
alias_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service inet:127.0.0.1:{grey}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_chain_files = {folder}/localhost30.pem
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
proxymap  unix  - - n - - proxymap
error     unix  - - n - - error
retry     unix  - - n - - error
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


@contextmanager
def running_postfix(folder: Path, main_cf: str, master_cf: str, port: int) -> Iterator[None]:
    """Postfix, with these settings."""
    user = pwd.getpwnam("postfix")
    folder.chmod(0o755)
    for name, owner in (("conf", 0), ("spool", 0), ("log", 0), ("data", user.pw_uid), ("mail", user.pw_uid)):
        (folder / name).mkdir(exist_ok=True)
        os.chown(folder / name, owner, user.pw_gid if owner else 0)
    (folder / "conf" / "main.cf").write_text(main_cf)
    (folder / "conf" / "master.cf").write_text(master_cf)
    postfix = ["/usr/sbin/postfix", "-c", str(folder / "conf")]
    try:
        subprocess.run([*postfix, "start"], check=True, stderr=subprocess.DEVNULL)
        wait_for(port)
        yield
    finally:
        subprocess.run([*postfix, "stop"], check=False, stderr=subprocess.DEVNULL)


@contextmanager
def running_postgrey(folder: Path, port: int, seconds: int) -> Iterator[None]:
    """Greylisting for so many seconds, as Postfix asks for it."""
    (folder / "grey").mkdir()
    shutil.chown(folder / "grey", "postgrey", "postgrey")
    folder.chmod(0o755)
    postgrey = subprocess.Popen(
        [
            "/usr/sbin/postgrey",
            f"--inet=127.0.0.1:{port}",
            f"--dbdir={folder}/grey",
            f"--delay={seconds}",
            "--auto-whitelist-clients=0",
            "--user=postgrey",
            "--group=postgrey",
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield
    finally:
        postgrey.terminate()
        postgrey.wait()


@contextmanager
def running_mta(folder: Path) -> Iterator[int]:
    """Postfix and postgrey; gives Postfix's port."""
    port, grey = free_port(), free_port()
    user = pwd.getpwnam("postfix")
    values = {"folder": folder, "domain": DOMAIN, "uid": user.pw_uid, "gid": user.pw_gid, "grey": grey, "port": port}
    with (
        running_postgrey(folder, grey, GREY_SECONDS),
        running_postfix(folder, MAIN.format(**values), MASTER.format(**values), port),
    ):
        yield port


def dispatch(folder: Path, port: int, keys: list[DkimKey], readers: int) -> DispatchReport:
    """The product's own dispatch, with patience counted in seconds; over STARTTLS, with the certificate checked."""

    def now() -> datetime:
        return datetime.now(UTC)

    database = Database("sqlite:///newsletter.db", folder=folder)
    database.open()
    store = SqlStore(database, clock=now)
    issue = make_issue(12, day=now().date())
    store.issues.save(issue)
    store.subscribers.upsert(subscribers(readers, DOMAIN))
    Plan(
        issues=store.issues,
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=IssueSelector,
        clock=now,
    ).run(issue.key)
    relay = Relay(
        host="localhost",
        port=port,
        security=Security.STARTTLS,
        authorities=folder / "authority.pem",
        timeouts=Timeouts.at_most(20),
    )
    waits = (timedelta(seconds=GREY_SECONDS + 1),) * 5
    report = Send(
        subscribers=store.subscribers,
        deliveries=store.deliveries,
        select=IssueSelector,
        mail=make_assembler(),
        connector=Connector(relay),
        settings=SendSettings(pool=PoolSettings(connections=4), schedule=RetrySchedule(waits=waits)),
        clock=now,
        signer=DkimSigner("example.org", keys),
    ).run(issue, wait=True, watch=lambda snapshot: print(f"  {snapshot.line}"))
    database.close()
    return report


def check(messages: list[mailbox.MaildirMessage], raw: list[bytes], keys: list[DkimKey], readers: int) -> list[str]:
    """What is wrong with what arrived."""
    records = {f"{key.selector}._domainkey.example.org.": key.record.encode() for key in keys}

    def dns(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001  # dkimpy asks so
        return records.get(name.decode())

    faults = []
    arrived = sorted(str(message["Delivered-To"]) for message in messages)
    expected = [person.email for person in subscribers(readers, DOMAIN)]
    if arrived != expected:
        faults.append(f"{len(arrived)} arrived for {len(set(arrived))} of {len(expected)} readers")
    for message, content in zip(messages, raw, strict=True):
        who = message["Delivered-To"]
        faults += [f"{who}: {name} occurs {n} times" for name in WANTED if (n := len(message.get_all(name, []))) != 1]
        wire = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        faults += [
            f"{who}: signature {index} does not hold"
            for index in range(len(keys))
            if not dkim.DKIM(wire).verify(idx=index, dnsfunc=dns)
        ]
        if max(map(len, wire.split(b"\r\n"))) > 998:
            faults.append(f"{who}: a line of more than 998 octets")
    return faults


def main(readers: int = 40) -> int:
    """Run it; 0 if everything is right."""
    for tool in ("/usr/sbin/postfix", "/usr/sbin/postgrey"):
        if not Path(tool).exists():
            print(f"{tool} is missing: apt-get install postfix postgrey")
            return 2
    with tempfile.TemporaryDirectory(prefix="mta-") as name:
        folder = Path(name)
        keys = [create_key(folder / "rsa.pem", "rsa"), create_key(folder / "ed.pem", "ed", kind="ed25519")]
        Authority(folder).server("localhost")
        with running_mta(folder) as port:
            print(f"{readers} readers, greylisted for {GREY_SECONDS} s by Postfix on port {port}")
            report = dispatch(folder, port, keys, readers)
            maildir = mailbox.Maildir(str(folder / "mail" / "all"), create=False)
            deadline = time.monotonic() + 20
            while len(maildir) < readers and time.monotonic() < deadline:
                time.sleep(0.2)
            messages = [maildir[key] for key in maildir.keys()]  # noqa: SIM118  # a mailbox, not a dictionary
            raw = [maildir.get_bytes(key) for key in maildir.keys()]  # noqa: SIM118
        log = (folder / "log" / "mail.log").read_text()
        faults = check(messages, raw, keys, readers)
        greylisted = log.count("Greylisted") + log.count("reject: RCPT")
    if report.totals != {DeliveryStatus.SENT: readers}:
        faults.append(f"the ledger says {dict(report.totals)}")
    if not greylisted:
        faults.append("nobody was greylisted: the test has tested nothing")
    print(f"{len(messages)} arrived, each with {len(keys)} signatures that hold; {report.seconds:.0f} s")
    for fault in faults:
        print(f"WRONG: {fault}")
    return 1 if faults else 0
