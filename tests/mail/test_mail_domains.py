"""Whether a domain takes mail, asked of a real DNS server on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from newsletter.mail import mail_domains
from newsletter.mail.mail_domains import MailDomains

ZONE = {
    ("university.example.org.", "MX"): "10 mx.university.example.org.",
    ("xn--bcher-kva.example.org.", "MX"): "10 mx.example.org.",
    ("null.example.org.", "MX"): "0 .",
    ("address.example.org.", "A"): "8.8.8.8",
    ("inner.example.org.", "A"): "10.0.0.1",
    ("silent.example.org.", "MX"): "silence",
    ("broken.example.org.", "MX"): "failure",
}
NAMES = {name for name, _ in ZONE}


def answer(question: bytes) -> bytes | None:
    """What a server of this zone says; None for silence."""
    query = dns.message.from_wire(question)
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.RA
    asked = query.question[0]
    record = ZONE.get((asked.name.to_text().lower(), dns.rdatatype.to_text(asked.rdtype)))
    if record == "silence":
        return None
    if record == "failure":
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif record:
        reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", asked.rdtype, record))
    elif asked.name.to_text().lower() not in NAMES:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


@pytest.fixture
def domains() -> Iterator[MailDomains]:
    """Asks a server of this test."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            question, sender = line.recvfrom(4096)
            if not question:
                return
            if reply := answer(question):
                line.sendto(reply, sender)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], line.getsockname()[1]
    yield MailDomains(resolver)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.sendto(b"", line.getsockname())
    thread.join(5)
    line.close()


@pytest.mark.parametrize("domain", ["university.example.org", "bücher.example.org", "address.example.org"])
def test_a_domain_with_a_mail_server_or_an_address_takes_mail(domains: MailDomains, domain: str) -> None:
    assert domains.take_mail(domain)


@pytest.mark.parametrize("domain", ["null.example.org", "inner.example.org", "nowhere.example.org"])
def test_a_domain_without_either_takes_none(domains: MailDomains, domain: str) -> None:
    assert not domains.take_mail(domain)


@pytest.mark.parametrize("domain", ["silent.example.org", "broken.example.org", "intern", "lab.local", "a" * 300])
def test_doubt_counts_in_favour(domains: MailDomains, monkeypatch: pytest.MonkeyPatch, domain: str) -> None:
    monkeypatch.setattr(domains._resolver, "lifetime", 0.3)
    assert domains.take_mail(domain)


def test_an_answer_is_waited_for_a_short_time_only(domains: MailDomains) -> None:
    assert domains._resolver is not None
    assert domains._resolver.lifetime == mail_domains.QUERY_SECONDS <= 5
