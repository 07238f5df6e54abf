"""The published site: pages, feeds and documents of an issue. Pure: settled values in, files out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from babel import Locale, UnknownLocaleError

from newsletter.domain.issue_codec import encode_issue
from newsletter.domain.issues import Edition, Issue, IssueStatus
from newsletter.domain.markup import clean_line, safe_url
from newsletter.domain.ports import SiteFile
from newsletter.render.environment import Templates
from newsletter.render.feeds import Entry, FeedSpec, entry_id, write_feed
from newsletter.render.markdown import MarkdownRenderer
from newsletter.render.view import view_issue

__all__ = ["SitePages", "SiteTopic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTopic:
    """A topic that has feeds and a page: its slug, its names by language, and which papers of an issue it holds.

    `papers` gives places in the issue (from 0), best first.
    """

    slug: str
    names: Mapping[str, str]
    papers: Callable[[Issue], Sequence[int]]

    def name(self, language: str) -> str:
        """The topic's name in this language, in English, or its slug."""
        return self.names.get(language) or self.names.get("en") or self.slug


@dataclass(frozen=True, slots=True)
class _Place:
    """The part of the site in one language: the newsletter's own at the top, the others in a folder each."""

    language: str
    folder: str


class SitePages:
    """Renders the site: the `SiteRenderer` of this product's template set.

    `base_url` is where the site is served, empty where it is only read from disk. `identity` makes the ids of feeds
    and entries: it must be the newsletter's own and never change. `feed_entries` bounds a feed's newest document.
    """

    def __init__(
        self,
        templates: Templates,
        *,
        title: str,
        description: str = "",
        base_url: str = "",
        identity: str,
        feed_entries: int = 100,
        markdown: Sequence[str] = ("arxiv-daily",),
        topics: Sequence[SiteTopic] = (),
    ) -> None:
        self._templates = templates
        self._markdown = MarkdownRenderer(templates)
        self._site = {"title": clean_line(title, 200), "description": clean_line(description, 1000)}
        self._base_url = f"{safe_url(base_url).rstrip('/')}/" if base_url else ""
        self._identity = identity
        self._feed_entries = feed_entries
        self._profiles = tuple(markdown)
        self._topics = tuple(topics)

    def render(self, issue: Issue, recent: Sequence[Issue], archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """Every file that publishing this issue writes.

        `recent` are the newest published issues, this one included, newest first, for feeds; `archive` lists all.
        """
        folder = f"issues/{issue.key.slug}/"
        yield SiteFile(f"{folder}issue.json", encode_issue(issue, indent=1))
        for at, language in enumerate(issue.languages):
            place = _Place(language, "" if at == 0 else f"{language}/")
            yield from self._issue_files(issue, place, folder)
            yield from self._overview(recent, archive, place)
            yield from self._feeds(recent, place)
        yield SiteFile("static/style.css", self._templates.source("web/style.css").encode())

    def _issue_files(self, issue: Issue, place: _Place, folder: str) -> Iterator[SiteFile]:
        view = view_issue(issue, place.language)
        others = [
            {
                "language": other,
                "name": _language_name(other),
                "href": f"{'../' if place.folder else ''}{f'{other}/' if at else ''}index.html",
            }
            for at, other in enumerate(issue.languages)
            if other != place.language
        ]
        page = self._page("web/issue.html", place, depth=2, view=view, others=others, profiles=self._profiles)
        yield SiteFile(f"{folder}{place.folder}index.html", page)
        for profile in self._profiles:
            text = self._markdown.write(issue, profile, place.language)
            yield SiteFile(f"{folder}{place.folder}{profile}.md", text.encode())

    def _overview(self, recent: Sequence[Issue], archive: Sequence[IssueStatus], place: _Place) -> Iterator[SiteFile]:
        newest = next((one for one in recent if one.key.edition is Edition.DAILY), recent[0] if recent else None)
        listed = [
            {
                "day": status.key.day,
                "path": f"issues/{status.key.slug}/{place.folder}index.html",
                "papers": status.papers,
                "weekly": status.key.edition is Edition.WEEKLY,
                "month": status.key.day.strftime("%Y-%m"),
            }
            for status in archive
        ]
        view = view_issue(newest, place.language) if newest else None
        path = f"issues/{newest.key.slug}/{place.folder}index.html" if newest else ""
        yield SiteFile(
            f"{place.folder}index.html",
            self._page("web/index.html", place, depth=0, view=view, issue_path=path, archive=listed),
        )
        yield SiteFile(
            f"{place.folder}archive/index.html", self._page("web/archive.html", place, depth=1, archive=listed)
        )

    def _feeds(self, recent: Sequence[Issue], place: _Place) -> Iterator[SiteFile]:
        issues = [issue for issue in recent if issue.key.edition is Edition.DAILY]
        papers = {id(issue): range(len(issue.papers)) for issue in issues}
        yield from self._feed(issues, place, "", self._site["title"], papers)
        for topic in self._topics:
            chosen = {id(issue): topic.papers(issue) for issue in issues}
            title = f"{self._site['title']}: {topic.name(place.language)}"
            yield from self._feed(issues, place, topic.slug, title, chosen)

    def _feed(
        self, issues: Sequence[Issue], place: _Place, topic: str, title: str, papers: Mapping[int, Sequence[int]]
    ) -> Iterator[SiteFile]:
        entries: list[Entry] = []
        seen: set[str] = set()
        for issue in issues:
            view = view_issue(issue, place.language)
            updated = _moment(issue)
            for index in papers[id(issue)]:
                paper = view.papers[index]
                if paper.id in seen or len(entries) >= self._feed_entries:
                    continue
                seen.add(paper.id)
                entries.append(
                    Entry(
                        id=entry_id(self._identity, place.language, paper.id),
                        paper=paper,
                        url=paper.url,
                        html=self._templates.render("feed/entry.html", place.language, paper=paper),
                        updated=updated,
                    )
                )
        folder = f"{place.folder}topics/" if topic else place.folder
        spec = FeedSpec(
            id=entry_id(self._identity, place.language, f"feed/{topic}"),
            title=title,
            subtitle=self._site["description"],
            language=place.language,
            author=self._site["title"],
            base=f"{self._base_url}{folder}" if self._base_url else "",
            name=topic or "feed",
            page=f"{self._base_url}{place.folder}" if self._base_url else "",
            updated=_moment(issues[0]) if issues else datetime(2000, 1, 1, tzinfo=UTC),
        )
        for form in ("atom", "rss") if topic else ("atom", "rss", "json"):
            yield SiteFile(f"{folder}{spec.name}.{form}", write_feed(spec, entries, form))

    def _page(self, name: str, place: _Place, *, depth: int, **context: object) -> bytes:
        steps = depth + (1 if place.folder else 0)
        page = self._templates.render(
            name, place.language, site=self._site, root="../" * steps, place=place.folder, **context
        )
        return page.encode()


def _moment(issue: Issue) -> datetime:
    return (issue.frozen_at or datetime.combine(issue.day, time(), UTC)).astimezone(UTC).replace(microsecond=0)


def _language_name(language: str) -> str:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return language
    return locale.get_display_name(locale) or language
