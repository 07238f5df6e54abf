"""What readers take out of published digests, and what comes out again: `python -m benchmarks.archives`.

First the published examples, beside a plain count. Then they and the recorded days of June 2026, written as
`arxiv-daily` by nothing of ours, imported into one empty database and exported again: entries, papers that stand in
several documents, and how many documents are the same byte for byte.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from benchmarks.recorded import DATA
from newsletter.archives import READERS
from newsletter.bootstrap import Application
from newsletter.domain.issues import BackIssue, IssueKey
from newsletter.render.markdown import MarkdownRenderer
from newsletter.services.progress import SilentProgress
from newsletter.settings import load_settings
from tests.support.june_archive import june_days, published_arxiv_daily

REFERENCE = DATA.parent / "reference"
NAMES = {
    "arxiv-daily": "arxiv-daily-2024-07-16.md",
    "hf-daily": "hf-daily-2023-09-26.md",
    "paper-express": "paper-express-2023-05-26.md",
}
MOST = 10_000
COUNTED_ENTRIES = {
    "arxiv-daily": re.compile(r"^\[\^\d+\]: ", re.MULTILINE),
    "hf-daily": re.compile(r"^## ", re.MULTILINE),
    "paper-express": re.compile(r"^### \d+、", re.MULTILINE),
}
# A pattern a thing, counted on the raw text without any reader.
COUNTED = {
    "arxiv-daily": {
        "titles": r"^\[\^\d+\]: ",
        "links": r"^    \[http",
        "summaries": r"^\| \[\^",
        "announce types": r"Announce Type: |\(arXiv:\S+ \[",
    },
    "hf-daily": {
        "titles": r"^## ",
        "links": r"\(https://huggingface\.co/papers/\d",
        "sections": r"^\W*\d\. ",
        "keywords": r"^ *- [^：:\n]*[(（][^：:\n]*[)）]$",
        "ratings": r"(?:实用性|创新性|推荐度)[:：] ?\d",
    },
    "paper-express": {
        "titles": r"^### \d、",
        "links": r"^> - URL：",
        "sections": r"^- (?:动机|方法|优势)：",
        "affiliations": r"^> - 单位：",
        "code": r"^> - Official Code：http",
        "references": r"^- (?:知乎|机器之心)：",
    },
}


def main() -> None:
    print(f"{'profile':15}{'what':16}{'counted':>9}{'read':>7}")
    for profile, name in NAMES.items():
        text = (REFERENCE / name).read_bytes().decode()
        back = READERS[profile](text, date(2024, 7, 16) if profile == "arxiv-daily" else None)
        found = read(back)
        for what, pattern in COUNTED[profile].items():
            print(f"{profile:15}{what:16}{len(re.findall(pattern, text, re.MULTILINE)):9}{found[what]:7}")
        print(f"{profile:15}{'problems':16}{'':9}{len(back.problems):7}")
    move_over()


def move_over() -> None:
    """Import everything into one database, export it, and count."""
    documents = {(day, "arxiv-daily"): published_arxiv_daily(day, MOST) for day in june_days()}
    for profile, name in NAMES.items():
        day = date.fromisoformat(name.removeprefix(f"{profile}-").removesuffix(".md"))
        documents[day, profile] = (REFERENCE / name).read_bytes().decode()
    entries: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "newsletter.toml"
        path.write_text('[newsletter]\ntitle = "Archive"\nfrom = "a@example.org"\n')
        application = Application(load_settings(path, {}), progress=SilentProgress())
        for (day, profile), text in documents.items():
            document = Path(folder) / "document"
            document.write_bytes(text.encode())
            report = application.composing.importing().run(document, profile, day)
            counts["entries"] += len(COUNTED_ENTRIES[profile].findall(text))
            counts["imported"] += len(report.issue.papers) if report.issue else 0
            counts["problems"] += len(report.problems)
            entries.update({entry.id for entry in report.issue.papers} if report.issue else ())
        for (day, profile), text in documents.items():
            counts["same"] += application.publishing.export().run(IssueKey(day), profile, compat=True) == text
            markdown = MarkdownRenderer(application.templates)
            written = markdown.write(application.records.issue(IssueKey(day)), profile, "zh-Hans", compat=True)
            counts["same by the writer alone"] += written == text
        application.close()
    print()
    print(f"documents                       {len(documents):7,}")
    print(f"entries in them                 {counts['entries']:7,}")
    print(f"entries in their issues         {counts['imported']:7,}")
    print(f"papers in several documents     {sum(count > 1 for count in entries.values()):7,}")
    print(f"problems                        {counts['problems']:7,}")
    print(f"exported byte for byte          {counts['same']:7,}")
    print(f"of them written from data alone {counts['same by the writer alone']:7,}")


def read(back: BackIssue) -> dict[str, int]:
    papers = [a.paper for a in back.announcements]
    summaries = [s for a in back.announcements for s in a.summaries]
    fields = ("main_work", "highlights", "keywords", "ratings", "motivation", "method", "result")
    return {
        "titles": sum(bool(p.title) for p in papers),
        "links": sum(bool(p.links.get("abs")) for p in papers),
        "summaries": sum(bool(s.tldr) for s in summaries),
        "announce types": sum(p.version is not None for p in papers),
        "sections": sum(bool(getattr(s, name)) for s in summaries for name in fields),
        "keywords": sum(len(s.keywords) for s in summaries),
        "ratings": sum(len(s.ratings) for s in summaries),
        "affiliations": sum(bool(n.affiliation) for n in back.paper_notes),
        "code": sum(n.code.startswith("http") for n in back.paper_notes),
        "references": len(back.issue_note.references),
    }


if __name__ == "__main__":
    main()
