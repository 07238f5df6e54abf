"""The published site: pages, feeds and documents of an issue. Pure: settled values in, files out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from newsletter.domain.issues import Edition, Issue, IssueStatus
from newsletter.domain.ports import SiteFile
from newsletter.formats import encode_issue, issue_schema
from newsletter.render.catalogues import wording
from newsletter.render.environment import Templates
from newsletter.render.feed_documents import FeedDocuments
from newsletter.render.issue_view import IssueView, view_issue
from newsletter.render.markdown import MarkdownRenderer
from newsletter.render.paper_view import PaperView
from newsletter.render.publication import Publication
from newsletter.render.site_parts import (
    ArchiveLine,
    Place,
    ShownIssue,
    SiteTopic,
    archive_lines,
    language_links,
    moment_of,
    month_tables,
)

__all__ = ["TOPIC_ISSUES", "SitePages", "SiteTopic"]

_STATIC = {
    "static/style.css": "web/style.css",
    "static/site.js": "web/site.js",
    "static/signup.js": "web/signup.js",
    "static/icon.svg": "web/icon.svg",
    "static/feed.css": "feed/style.css",
}
TOPIC_ISSUES = 10
"""How many daily issues a topic's page has."""


class SitePages:
    """Renders the site: the `SiteRenderer` of this product's template set.

    `feed_entries` bounds a feed's newest document. `markdown` names the profiles that are written; `front_matter`
    (`jekyll` or `hugo`) is put before them. Every issue has a page in each language of the publication, whatever it was
    written in, so that no page links to one that is not there.
    """

    def __init__(
        self,
        templates: Templates,
        publication: Publication,
        *,
        feed_entries: int = 100,
        markdown: Sequence[str] = ("arxiv-daily",),
        front_matter: str = "",
        topics: Sequence[SiteTopic] = (),
    ) -> None:
        self._templates = templates
        self._publication = publication
        self._site = {"title": publication.title, "description": publication.description}
        self._base_url = publication.base_url
        self._markdown = MarkdownRenderer(templates)
        self._profiles = tuple(markdown)
        self._front_matter = front_matter
        self._topics = tuple(topics)
        self._feeds = FeedDocuments(templates, publication, entries=feed_entries)

    def render(self, issue: Issue, recent: Sequence[Issue], archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """Every file that publishing this issue writes: its own, then those of the whole site."""
        yield from self.issue_files(issue, archive)
        yield from self.site_files(issue, recent, archive)

    def issue_files(self, issue: Issue, archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """The pages, documents and archived feeds of one issue, and the pages of its papers."""
        yield SiteFile(f"issues/{issue.key.slug}/issue.json", encode_issue(issue, indent=1))
        for place, view in self._views(issue):
            yield from self._issue_files(issue, view, place)
            if issue.key.edition is Edition.DAILY:
                yield from self._feeds.archived(place, view, moment_of(issue), archive)

    def site_files(self, issue: Issue, recent: Sequence[Issue], archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """What shows more than one issue: overview, calendar, topics, feeds, and what pages are styled by.

        `recent` are the newest published daily issues, newest first, for feeds and topics; `issue` is shown first where
        there is none. `archive` lists all.
        """
        languages = self._languages_of(issue)
        for place in _places(languages):
            shown = [ShownIssue.of(one, place.language) for one in recent]
            latest = shown[0] if shown else ShownIssue.of(issue, place.language)
            yield from self._overview(latest, archive, place, languages)
            yield from self._topic_pages(shown[:TOPIC_ISSUES], place, languages)
            yield from self._feed_files(shown, archive, place)
        schema = json.dumps(issue_schema(), ensure_ascii=False, indent=1)
        yield SiteFile("static/issue.schema.json", schema.encode())
        for path, name in _STATIC.items():
            yield SiteFile(path, self._templates.source(name).encode())
        yield from self._whole_site(languages, archive)

    def _languages_of(self, issue: Issue) -> tuple[str, ...]:
        return self._publication.languages or issue.languages

    def _views(self, issue: Issue) -> Iterator[tuple[Place, IssueView]]:
        for place in _places(self._languages_of(issue)):
            yield place, view_issue(issue, place.language)

    def _issue_files(self, issue: Issue, view: IssueView, place: Place) -> Iterator[SiteFile]:
        folder = f"issues/{issue.key.slug}/{place.folder}"
        links = language_links(self._languages_of(issue), place, after=f"issues/{issue.key.slug}/", last=True)
        yield self._page(
            "web/issue.html", place, f"{folder}index.html", others=links, view=view, profiles=self._profiles
        )
        for profile in self._profiles:
            text = self._markdown.write(issue, profile, place.language, front_matter=self._front_matter)
            yield SiteFile(f"{folder}{profile}.md", text.encode())
        for paper in view.papers:
            path = f"{place.folder}papers/{paper.slug}/index.html"
            links = language_links(self._languages_of(issue), place, after=f"papers/{paper.slug}/")
            page = self._page("web/paper.html", place, path, others=links, view=view, paper=paper)
            yield replace(page, paper=paper.id)

    def _overview(
        self,
        latest: ShownIssue,
        archive: Sequence[IssueStatus],
        place: Place,
        languages: Sequence[str],
    ) -> Iterator[SiteFile]:
        lines = archive_lines(archive, place)
        yield self._page(
            "web/index.html",
            place,
            f"{place.folder}index.html",
            others=language_links(languages, place),
            view=latest.view,
            issue_path=f"issues/{latest.view.slug}/{place.folder}index.html",
            archive=lines,
        )
        daily: list[ArchiveLine] = [line for line in lines if not line.weekly]
        yield self._page(
            "web/archive.html",
            place,
            f"{place.folder}archive/index.html",
            others=language_links(languages, place, after="archive/"),
            months=month_tables(daily, wording(place.language).first_weekday),
            weekly=[line for line in lines if line.weekly],
        )
        others = language_links(languages, place, after="help/")
        yield self._page("web/help.html", place, f"{place.folder}help/index.html", others=others)

    def _topic_pages(self, recent: Sequence[ShownIssue], place: Place, languages: Sequence[str]) -> Iterator[SiteFile]:
        if not self._topics:
            return
        links = language_links(languages, place, after="topics/")
        yield self._page("web/topics.html", place, f"{place.folder}topics/index.html", others=links)
        for topic in self._topics:
            days: list[tuple[IssueView, list[PaperView]]] = [
                (one.view, papers)
                for one in recent
                if (papers := [one.view.papers[index] for index in topic.papers(one.issue)])
            ]
            path = f"{place.folder}topics/{topic.slug}/index.html"
            links = language_links(languages, place, after=f"topics/{topic.slug}/")
            yield self._page("web/topic.html", place, path, others=links, topic=topic, days=days)

    def _feed_files(
        self, recent: Sequence[ShownIssue], archive: Sequence[IssueStatus], place: Place
    ) -> Iterator[SiteFile]:
        everything = [(one.view, moment_of(one.issue), range(len(one.issue.papers))) for one in recent]
        yield from self._feeds.newest(place, everything, archive)
        for topic in self._topics:
            chosen = [(one.view, moment_of(one.issue), topic.papers(one.issue)) for one in recent]
            yield from self._feeds.topic(place, topic, chosen)

    def _whole_site(self, languages: Sequence[str], archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        language = languages[0]
        robots = self._templates.render("web/robots.txt", language, base_url=self._base_url)
        yield SiteFile("robots.txt", robots.encode())
        if not self._base_url:
            return
        pages: list[dict[str, str]] = []
        for place in _places(languages):
            pages += [{"url": f"{self._base_url}{place.folder}{page}", "day": ""} for page in ("", "archive/")]
            pages += [
                {"url": f"{self._base_url}{place.folder}topics/{topic.slug}/", "day": ""} for topic in self._topics
            ]
            pages += [
                {
                    "url": f"{self._base_url}issues/{status.key.slug}/{place.folder}",
                    "day": status.frozen_at.date().isoformat(),
                }
                for status in archive
            ]
        yield SiteFile("sitemap.xml", self._templates.render("web/sitemap.xml", language, pages=pages).encode())

    def _page(self, name: str, place: Place, path: str, **context: object) -> SiteFile:
        page = self._templates.render(
            name,
            place.language,
            site=self._site,
            root="../" * path.count("/"),
            place=place.folder,
            path=path.removesuffix("index.html"),
            base_url=self._base_url,
            topics=self._topics,
            **context,
        )
        return SiteFile(path, page.encode())


def _places(languages: Sequence[str]) -> Iterator[Place]:
    """The site's own language at the top, the others in a folder each."""
    for at, language in enumerate(languages):
        yield Place(language, f"{language}/" if at else "")
