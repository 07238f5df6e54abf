"""An issue through a real Postfix to mail servers that refuse, and all that comes back: `make mta-test`, as root.

One Postfix is the newsletter's relay, which takes all but a domain that is not there, and the readers' server behind
it, which does not. Its reports go to the envelope senders of the product's own messages, and from there by LMTP or by
a pipe into the product.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from newsletter import sample
from tests.support.mta.greylisting import MASTER, free_port, running_postfix, running_postgrey, wait_for
from tests.support.mta.readers import Readers

NEWSLETTER = (sys.executable, "-m", "newsletter")
GREY_SECONDS = 3
KINDS: Mapping[str, str] = {
    "fine@readers.example": "",
    "gone@readers.example": "hard",
    "full@readers.example": "soft",
    "later@readers.example": "soft",
    "grey@readers.example": "",
    "any@nodomain.example": "hard",
    "spam@readers.example": "policy",
    "blocked@strict.example": "policy",
    "away@readers.example": "vacation",
}
"""What must be known of each reader afterwards."""
SUPPRESSED = {email for email, kind in KINDS.items() if kind == "hard"}
SETTINGS = """
[newsletter]
title = "Papers"
from = "Papers <papers@news.example>"
base_url = "https://news.example"
roster = "people.toml"
[[sources]]
kind = "files"
path = "papers"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[bounces]
mailbox = "bounces"
domain = "news.example"
"""
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
myhostname = mx.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
recipient_delimiter = +
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_host_lookup = native
disable_dns_lookups = yes
smtp_destination_recipient_limit = 1
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 3s
maximal_queue_lifetime = 25s
bounce_queue_lifetime = 25s
transport_maps = inline:{{ bounces@news.example={back},
    {{ nodomain.example = error:5.1.2 Host or domain name not found }},
    readers.example=smtp:[127.0.0.1]:{mx}, strict.example=smtp:[127.0.0.1]:{mx} }}
pipe_destination_recipient_limit = 1
bounces_destination_recipient_limit = 1
deliver_destination_recipient_limit = 1
readers_access = inline:{{ {{ gone@readers.example = 550 5.1.1 User unknown in virtual mailbox table }},
    {{ full@readers.example = 552 5.2.2 The email account that you tried to reach is over quota }},
    {{ later@readers.example = 452 4.2.2 Mailbox full }}, {{ spam@readers.example = DUNNO }},
    {{ strict.example = 554 5.7.1 Mail from this network is refused by our policy }} }}
"""
MORE_MASTER = """
127.0.0.1:{mx} inet n - n - - smtpd
  -o content_filter=deliver:dummy
  -o cleanup_service_name=content
  -o {{smtpd_recipient_restrictions=check_recipient_access $readers_access, check_policy_service inet:127.0.0.1:{grey}}}
content   unix  n - n - 0 cleanup
  -o {{header_checks=regexp:{folder}/conf/content}}
smtp      unix  - - n - - smtp
lmtp      unix  - - n - - lmtp
bounces   unix  - n n - 4 pipe
  user=nobody argv=/usr/bin/perl {folder}/hand-over read ${{original_recipient}}
deliver   unix  - n n - 4 pipe
  user=nobody argv=/usr/bin/perl {folder}/hand-over deliver ${{original_recipient}} ${{sender}}
"""
HAND_OVER = """use IO::Socket::UNIX;
my $line = IO::Socket::UNIX->new(Peer => "{folder}/hand.sock") or exit 75;
print $line join(" ", @ARGV), "\\n", <STDIN>;
$line->flush; $line->shutdown(1);
my $status = <$line>;
exit(defined $status ? $status : 75);
"""


class Newsletter:
    """The product's commands in a folder of their own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        (folder / "papers").mkdir(parents=True)
        (folder / "newsletter.toml").write_text(SETTINGS.format(port=port))
        people = [f'[[subscriber]]\nemail = "{email}"\n' for email in KINDS]
        (folder / "people.toml").write_text("\n".join(people))
        papers = sample.PAPERS.read_text().splitlines()
        # the sample's day has half of them, the next day the others
        (folder / "papers" / "first.jsonl").write_text("\n".join(papers[: len(papers) // 2]))
        later = "\n".join(papers[len(papers) // 2 :])
        self.days = (sample.DAY.isoformat(), sample.DAY.replace(day=sample.DAY.day + 1).isoformat())
        (folder / "later.jsonl").write_text(later.replace(*self.days))

    def __call__(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([*NEWSLETTER, *arguments], cwd=self.folder, input=given, capture_output=True, check=False)

    def send(self, day: str) -> None:
        """Send the issue of a day."""
        done = self("send", "--date", day, "--late")
        if done.returncode:
            raise SystemExit(f"send {day}: {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")

    def events(self) -> list[dict[str, str]]:
        """What came back, by what the product itself says."""
        listed: list[dict[str, str]] = json.loads(
            self("bounces", "list", "--days", "9", "--addresses", "--json").stdout or b'{"events": []}'
        )["events"]
        return listed

    def next_audience(self) -> set[str]:
        """To whom the issue of the next day would go."""
        (self.folder / "later.jsonl").rename(self.folder / "papers" / "later.jsonl")
        self.send(self.days[1])
        return {email for email in KINDS if self._was_mailed(email, self.days[1])}

    def _was_mailed(self, email: str, day: str) -> bool:
        story = self("audit", "--email", email).stdout.decode()
        return re.search(rf"Issue {day} (was accepted by the relay|came back)", story) is not None


@contextmanager
def taking_in(newsletter: Newsletter, port: int, *, way: str) -> Iterator[None]:
    """`bounces serve` while the block runs, if that is the way."""
    if way != "lmtp":
        yield
        return
    with (newsletter.folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [*NEWSLETTER, "bounces", "serve", "--listen", f"lmtp:127.0.0.1:{port}"],
            cwd=newsletter.folder,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(port)
            yield
        finally:
            process.terminate()
            process.wait()


def main(way: str) -> int:
    """Run it; 0 if everything is right."""
    with tempfile.TemporaryDirectory(prefix="mta-") as name, ExitStack() as stack:
        folder = Path(name)
        ports = {name: free_port() for name in ("port", "mx", "grey", "lmtp")}
        newsletter = Newsletter(folder / "news", ports["port"])
        back = f"lmtp:inet:127.0.0.1:{ports['lmtp']}" if way == "lmtp" else "bounces"
        values = {"folder": folder, "back": back, **ports}
        (folder / "hand-over").write_text(HAND_OVER.format(folder=folder))
        readers = Readers(
            folder / "hand.sock",
            relay=ports["port"],
            take_in=lambda to, mail: newsletter("bounces", "read", "-", "--recipient", to, given=mail).returncode,
        )
        stack.enter_context(readers.running())
        stack.enter_context(running_postgrey(folder, ports["grey"], GREY_SECONDS))
        (folder / "conf").mkdir()
        (folder / "conf" / "content").write_text("/^To:.*spam@/ REJECT 5.7.1 Message content rejected as spam\n")
        main_cf = MAIN.format(**values)
        master = MASTER.format(**values) + MORE_MASTER.format(**values)
        stack.enter_context(running_postfix(folder, main_cf, master, ports["port"]))
        stack.enter_context(taking_in(newsletter, ports["lmtp"], way=way))
        newsletter.send(newsletter.days[0])
        expected = sorted(kind for kind in KINDS.values() if kind)
        deadline = time.monotonic() + 90
        while len(events := newsletter.events()) < len(expected) and time.monotonic() < deadline:
            time.sleep(1)
        time.sleep(3)  # whatever should not come
        events = newsletter.events()
        audience = newsletter.next_audience()
        return report(way, events, audience, readers.delivered, (folder / "log" / "mail.log").read_text())


def report(way: str, events: list[dict[str, str]], audience: set[str], delivered: list[str], log: str) -> int:
    """Print what came out, and what is wrong with it."""
    print(f"By {way}:")
    for event in sorted(events, key=lambda event: event["email"]):
        print(
            f"  {event['email']:24} {event['kind']:9} {event['status'] or '-':7} {event['proof']:6} {event['reason']}"
        )
    faults = []
    known = sorted((event["email"], event["kind"]) for event in events)
    wanted = sorted((email, kind) for email, kind in KINDS.items() if kind)
    if known != wanted:
        faults.append(f"expected {wanted}, got {known}")
    ways = {(event["source"], event["proof"]) for event in events}
    if ways != {(way, "verp"), ("smtp-rcpt", "ledger")}:
        faults.append(f"an event came by another way, or is not known by its envelope sender: {ways}")
    if audience != KINDS.keys() - SUPPRESSED:
        faults.append(f"the next issue went to {sorted(audience)}")
    if not {"fine@readers.example", "grey@readers.example", "away@readers.example"} <= {*delivered}:
        faults.append(f"arrived at {delivered}")
    if "Greylisted" not in log:
        faults.append("nobody was greylisted: the test has tested nothing")
    print(f"  next issue: {len(audience)} of {len(KINDS)}, without {', '.join(sorted(SUPPRESSED))}")
    for fault in faults:
        print(f"WRONG: {fault}")
    return 1 if faults else 0
