"""The feed documents of the site: the newest entries, one archive document an issue (RFC 5005), topics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from newsletter.domain.issues import Edition, IssueStatus
from newsletter.domain.ports import SiteFile
from newsletter.render.environment import Templates
from newsletter.render.feeds import Entry, FeedSpec, entry_id, write_feed
from newsletter.render.issue_view import IssueView
from newsletter.render.paper_view import PaperView
from newsletter.render.publication import Publication
from newsletter.render.site_parts import Place, SiteTopic

__all__ = ["FeedDocuments"]

Picked = tuple[IssueView, datetime, Sequence[int]]
"""An issue in one language, when it was frozen, and which of its papers a feed shows."""

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_FORMS = ("atom", "rss", "json")
_TOPIC_FORMS = ("atom", "rss")


class FeedDocuments:
    """Writes feeds; `entries` bounds the newest document of each."""

    def __init__(self, templates: Templates, publication: Publication, *, entries: int) -> None:
        self._templates = templates
        self._publication = publication
        self._base_url = publication.base_url
        self._entries = entries
        self._cards: dict[tuple[str, str, str], str] = {}

    def newest(self, place: Place, picked: Sequence[Picked], archive: Sequence[IssueStatus]) -> Iterator[SiteFile]:
        """The feed for everybody: its newest entries, with a way to the older ones."""
        spec = self._spec(place, picked, name="", title=self._publication.title, path=f"{place.folder}feed", root="")
        entries = self._collect(picked, place)
        newest = next((status for status in archive if status.key.edition is Edition.DAILY), None)
        before = f"{self._base_url}issues/{newest.key.slug}/{place.folder}feed" if newest and self._base_url else ""
        for form in _FORMS:
            shown = replace(spec, previous=f"{before}.{form}" if before else "")
            yield SiteFile(f"{place.folder}feed.{form}", write_feed(shown, entries, form))

    def archived(
        self, place: Place, view: IssueView, frozen: datetime, archive: Sequence[IssueStatus]
    ) -> Iterator[SiteFile]:
        """The archive document of one issue: all of its entries, the same for ever (RFC 5005 §4)."""
        picked = [(view, frozen, range(len(view.papers)))]
        folder = f"issues/{view.slug}/{place.folder}"
        root = "../" * folder.count("/") + place.folder
        spec = self._spec(place, picked, name="", title=self._publication.title, path=f"{folder}feed", root=root)
        older = [status for status in archive if status.key.edition is Edition.DAILY and status.key.day < view.day]
        before = f"{self._base_url}issues/{older[0].key.slug}/{place.folder}feed" if older and self._base_url else ""
        entries = self._collect(picked, place, limit=None)
        for form in _FORMS:
            current = f"{self._base_url}{place.folder}feed.{form}" if self._base_url else ""
            shown = replace(spec, archive=True, current=current, previous=f"{before}.{form}" if before else "")
            yield SiteFile(f"{folder}feed.{form}", write_feed(shown, entries, form))

    def topic(self, place: Place, topic: SiteTopic, picked: Sequence[Picked]) -> Iterator[SiteFile]:
        """The feeds of one topic."""
        title = f"{self._publication.title}: {topic.name(place.language)}"
        folder = f"{place.folder}topics/"
        spec = self._spec(place, picked, name=topic.slug, title=title, path=f"{folder}{topic.slug}", root="../")
        spec = replace(spec, page=f"{self._base_url}{folder}{topic.slug}/" if self._base_url else "")
        entries = self._collect(picked, place)
        for form in _TOPIC_FORMS:
            yield SiteFile(f"{folder}{topic.slug}.{form}", write_feed(spec, entries, form))

    def _spec(self, place: Place, picked: Sequence[Picked], *, name: str, title: str, path: str, root: str) -> FeedSpec:
        base = self._base_url
        up = root.removesuffix(place.folder) if root else "../" * bool(place.folder)
        return FeedSpec(
            id=entry_id(self._publication.identity, place.language, f"feed/{name}"),
            title=title,
            subtitle=self._publication.description,
            language=place.language,
            author=self._publication.title,
            own=f"{base}{path}" if base else "",
            page=f"{base}{place.folder}" if base else "",
            updated=max((frozen for _, frozen, _ in picked), default=_NEVER),
            stylesheet=f"{up}static/feed.css",
        )

    def _collect(self, picked: Sequence[Picked], place: Place, limit: int | None = 0) -> list[Entry]:
        """Entries, newest issue first; a paper that several issues hold is one entry, as its newest issue has it."""
        most = self._entries if limit == 0 else limit
        entries: list[Entry] = []
        seen: set[str] = set()
        for view, frozen, indexes in picked:
            for index in indexes:
                paper = view.papers[index]
                if paper.id in seen:
                    continue
                if most is not None and len(entries) >= most:
                    return entries
                seen.add(paper.id)
                entries.append(
                    Entry(
                        id=entry_id(self._publication.identity, place.language, paper.id),
                        paper=paper,
                        url=paper.url or self._page(place, paper),
                        html=self._card(view, paper, place.language),
                        updated=frozen,
                    )
                )
        return entries

    def _page(self, place: Place, paper: PaperView) -> str:
        return f"{self._base_url}{place.folder}papers/{paper.slug}/" if self._base_url else ""

    def _card(self, view: IssueView, paper: PaperView, language: str) -> str:
        """The card of a paper in one issue, rendered once however many feeds show it."""
        key = (view.slug, language, paper.id)
        card = self._cards.get(key)
        if card is None:
            if len(self._cards) > 20_000:
                self._cards.clear()
            card = self._cards[key] = self._templates.render("feed/entry.html", language, paper=paper)
        return card
