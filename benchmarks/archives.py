"""What the readers take out of the published examples, beside a plain count: `python -m benchmarks.archives`."""

from __future__ import annotations

import re
from datetime import date

from benchmarks.recorded import DATA
from newsletter.archives import READERS
from newsletter.domain.archives import BackIssue

REFERENCE = DATA.parent / "reference"
NAMES = {
    "arxiv-daily": "arxiv-daily-2024-07-16.md",
    "hf-daily": "hf-daily-2023-09-26.md",
    "paper-express": "paper-express-2023-05-26.md",
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
        "code": sum(bool(n.code) for n in back.paper_notes),
        "references": len(back.issue_note.references),
    }


if __name__ == "__main__":
    main()
