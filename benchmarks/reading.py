"""How long digests take to read, and what they leave out: `python -m benchmarks.reading`.

The Tuesdays of June 2026 as they were announced, summarised without a model, for the lists of 97 real people and for
the same interests pooled into 300 readers of one to eight. Words are those that a reader sees in the HTML part. A rare
interest finds fewer than ten papers of the day. A name in a subject is cut where it ends inside a word of its title or
in an ellipsis. The flat layout is the one before sections: five papers in brief, then a card each with all that a
summary says, twenty at most, which is where mail programs clip.
"""

from __future__ import annotations

import argparse
import email.policy
import html
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from random import Random

from benchmarks.recorded import papers_of
from newsletter.domain.delivery import OutgoingMessage, Recipient
from newsletter.domain.issues import Issue, IssueKey, IssuePaper, Selection, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.domain.papers import AnnounceType, Notice, Paper, Provenance, Summary
from newsletter.domain.text import WORDS_A_MINUTE, plain, reading_words
from newsletter.enrich._roles import find_roles
from newsletter.formats import freeze_issue
from newsletter.mail.assembly import MailAssembler
from newsletter.render.issue_view import IssueView, view_issue
from newsletter.render.paper_view import PaperView
from tests.support.mails import BASE_URL, SECRET, make_renderer
from tests.support.recorded_day import real_lists

TUESDAYS = ("2026-06-02", "2026-06-09", "2026-06-16", "2026-06-23")
READERS, MOST_INTERESTS, SEED = 300, 8, 13
AIMS = {"median words": 450, "90th percentile": 900, "largest, octets": 100_000}
_FLAT_ROWS, _FLAT_CARDS = 5, 20
_HIDDEN = re.compile(
    r"<(style|title)\b.*?</\1>|<!--.*?-->|<div style=\"display:\s*none.*?</div>",
    re.DOTALL,
)
_BLOCK = re.compile(r"<(?:br|/?(?:p|h\d|table|tr|td|div|ul|li))\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Reading:
    """One digest: what its reader has before them, and what not."""

    papers: int
    shown: int
    words: int
    flat: int
    octets: int
    rare: int
    rare_shown: int
    has_dead_end: bool
    is_subject_cut: bool


def issue_of(day: str) -> Issue:
    """A recorded day with summaries of the abstracts' own sentences."""
    when = date.fromisoformat(day)
    notices = (Notice(when, "arxiv-rss", "cs.CL", AnnounceType.NEW, 1),)
    entries = tuple(
        IssuePaper(paper=paper, notices=notices, summaries={"en": _summary(paper)}) for paper in papers_of(day)
    )
    issue = Issue(key=IssueKey(when), title="Measured", languages=("en",), papers=entries)
    return freeze_issue(issue, at=datetime(2026, 6, 2, 6, tzinfo=UTC))


def _summary(paper: Paper) -> Summary:
    roles = find_roles(paper.title, paper.abstract)
    return Summary(
        paper_id=paper.id,
        version=1,
        language="en",
        provenance=Provenance("extractive"),
        tldr=roles.tldr,
        motivation=roles.motivation,
        method=roles.method,
        result=roles.result,
    )


def real_readers() -> list[tuple[str, ...]]:
    """The lists as their people wrote them."""
    lists = ([" ".join(str(text).split()) for text in one if str(text).strip()] for one in real_lists())
    return [tuple(one) for one in lists if one]


def pooled_readers() -> list[tuple[str, ...]]:
    """The interests of all lists, dealt to readers of a few each."""
    pool = [text for one in real_readers() for text in one]
    chance = Random(SEED)
    return [tuple(chance.sample(pool, chance.randint(1, MOST_INTERESTS))) for _ in range(READERS)]


def visible_text(page: str) -> str:
    """What of an HTML mail is read."""
    return html.unescape(_TAG.sub("", _BLOCK.sub(" ", _HIDDEN.sub(" ", page))))


def html_of(message: OutgoingMessage) -> str:
    """The HTML part of a message."""
    parsed = email.message_from_bytes(bytes(message), EmailMessage, policy=email.policy.default)
    part = parsed.get_body(("html",))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


def read(message: OutgoingMessage, selection: Selection, view: IssueView) -> Reading:
    """Measure one digest."""
    page = html_of(message)
    outline, shown = selection.outline, set(message.papers)
    rare = outline.rare.intersection(selection.places)
    hidden = selection.found - len(shown)
    titles = [view.papers[index].title for index in message.papers[:2]]
    return Reading(
        papers=selection.found,
        shown=len(shown),
        words=reading_words(visible_text(page)),
        flat=_flat(selection, view.papers),
        octets=len(bytes(message)),
        rare=len(rare),
        rare_shown=len(rare & shown),
        has_dead_end=hidden > 0 and "/day/" not in page,
        is_subject_cut=_is_cut(message.subject, titles),
    )


def _is_cut(subject: str, titles: Sequence[str]) -> bool:
    """Whether a name in a subject ends in an ellipsis, or inside a word of its title."""
    names = re.sub(r" and \d+ more\Z", "", subject)
    first = " ".join(plain(titles[0]).split())
    if "…" in names or "..." in names:
        return True
    begun = next((names[:end] for end in range(len(names), 0, -1) if first.startswith(names[:end])), "")
    rest = first[len(begun.rstrip(", ")) :]
    return not begun or (rest[:1].isalnum() and begun.rstrip(", ")[-1].isalnum())


def _flat(selection: Selection, papers: Sequence[PaperView]) -> int:
    """The words of the same digest in the flat layout."""
    picks = selection.picks
    words = 40
    for pick in picks[:_FLAT_ROWS]:
        paper = papers[pick.index]
        words += reading_words(paper.title) + reading_words(paper.brief[:140])
    for pick in picks[:_FLAT_CARDS]:
        paper = papers[pick.index]
        texts = (paper.title, *paper.authors_first, paper.tldr, paper.motivation, paper.method, paper.result)
        terms = {match.label for match in pick.matches[:6]}
        words += sum(map(reading_words, (*texts, *terms))) + 12
    return words


def measure(
    days: Sequence[str], audiences: Mapping[str, Sequence[tuple[str, ...]]], factory: MailAssembler
) -> dict[str, list[Reading]]:
    """Every digest of these audiences that has a paper."""
    readings: dict[str, list[Reading]] = {name: [] for name in audiences}
    for day in days:
        issue = issue_of(day)
        selector, view = IssueSelector(issue), view_issue(issue, "en")
        mail = factory.in_language(issue, "en")
        for name, readers in audiences.items():
            for number, interests in enumerate(readers, 1):
                selection = selector.select(SelectionRequest(interests))
                recipient = Recipient(
                    subscriber_id=number, email=f"reader{number}@example.org", language="en", interests=interests
                )
                if selection:
                    readings[name].append(read(mail.build(recipient, selection), selection, view))
    return readings


def percentile(values: Sequence[int], share: float) -> int:
    """The value below which this share of all lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def report(name: str, readings: Sequence[Reading]) -> None:
    """Print one audience's figures."""
    words, flat = [one.words for one in readings], [one.flat for one in readings]
    rare, rare_shown = sum(one.rare for one in readings), sum(one.rare_shown for one in readings)
    print(
        f"\n{name}: {len(readings)} digests of {statistics.median(one.papers for one in readings):.0f} papers (median)"
    )
    print(f"  {'':26}{'now':>9}{'flat':>9}{'ratio':>8}   aim")
    for label, now, before in (
        ("median words", percentile(words, 0.5), percentile(flat, 0.5)),
        ("90th percentile", percentile(words, 0.9), percentile(flat, 0.9)),
        ("most words", max(words), max(flat)),
    ):
        aim = f"   at most {AIMS[label]}" if label in AIMS else ""
        print(f"  {label:26}{now:9,}{before:9,}{now / before:8.2f}{aim}")
    minutes = [percentile(values, 0.5) / WORDS_A_MINUTE for values in (words, flat)]
    print(f"  {'median minutes':26}{minutes[0]:9.1f}{minutes[1]:9.1f}{minutes[0] / minutes[1]:8.2f}")
    print(f"  {'papers shown, median':26}{percentile([one.shown for one in readings], 0.5):9}")
    print(f"  {'of rare interests shown':26}{100 * rare_shown / max(1, rare):8.2f}%{'':20} 100 % ({rare:,} papers)")
    print(f"  {'cut without a personal link':26}{sum(one.has_dead_end for one in readings):8}{'':21} 0")
    print(f"  {'largest, octets':26}{max(one.octets for one in readings):9,}{'':20} at most 100,000")
    print(f"  {'subjects cut':26}{sum(one.is_subject_cut for one in readings):9}{'':20} 0")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--days", nargs="+", default=list(TUESDAYS))
    parser.add_argument("--cards", type=int, default=8)
    parser.add_argument("--words", type=int, default=430)
    options = parser.parse_args()
    assembler = MailAssembler(
        design=make_renderer(),
        title="Measured",
        sender="news@example.org",
        base_url=BASE_URL,
        secret=SECRET,
        cards=options.cards,
        words=options.words,
    )
    begun = time.process_time()
    audiences = {"97 real lists": real_readers(), f"{READERS} pooled readers": pooled_readers()}
    readings = measure(options.days, audiences, assembler)
    print(f"{len(options.days)} days, {time.process_time() - begun:.0f} s of CPU")
    for name, one in readings.items():
        report(name, one)
    report("all of them", [one for some in readings.values() for one in some])


if __name__ == "__main__":
    main()
