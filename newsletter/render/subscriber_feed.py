"""The private feed of one subscriber: the entries of the feed for everybody, those that are for this reader."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime

from newsletter.domain.issues import Issue
from newsletter.render.catalogues import wording
from newsletter.render.environment import Templates
from newsletter.render.feeds import Entry, FeedSpec, entry_id, write_feed
from newsletter.render.paper_view import PaperView, view_paper
from newsletter.render.publication import Publication
from newsletter.render.site_parts import moment_of

__all__ = ["SubscriberFeedWriter"]

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_KEPT_CARDS = 2000
"""Rendered papers that are kept, some 10 KB each: what subscribers get is often the same."""


class SubscriberFeedWriter:
    """Renders private feeds. Nothing in them names the subscriber.

    The `publication` is the site's, so that an entry has the same id and address as in the feed for everybody.
    """

    def __init__(self, templates: Templates, publication: Publication, *, entries: int = 100) -> None:
        self._templates = templates
        self._publication = publication
        self._base_url = publication.base_url
        self._languages = publication.languages
        self._most = entries
        self._cards: OrderedDict[tuple[str, str, int], tuple[PaperView, str]] = OrderedDict()

    def write(
        self,
        picked: Sequence[tuple[Issue, Sequence[int]]],
        *,
        subscriber_id: int,
        language: str,
        address: str,
        form: str,
        updated: datetime | None,
    ) -> bytes:
        """The document: papers in the order given, one that several issues hold once, as its newest issue has it."""
        shown = language if language in self._languages else self._languages[0]
        folder = "" if shown == self._languages[0] else f"{shown}/"
        spec = FeedSpec(
            id=entry_id(self._publication.identity, shown, f"feed/subscriber/{subscriber_id}"),
            title=wording(shown).gettext("%(title)s: papers for you") % {"title": self._publication.title},
            subtitle=self._publication.description,
            language=shown,
            author=self._publication.title,
            own=address,
            page=f"{self._base_url}{folder}" if self._base_url else "",
            updated=(updated or _NEVER).astimezone(UTC).replace(microsecond=0),
            stylesheet="../static/feed.css",
        )
        entries: dict[str, Entry] = {}
        for issue, places in picked:
            for place in places:
                paper, html = self._card(issue, place, shown)
                if paper.id in entries:
                    continue
                if len(entries) == self._most:
                    break
                page = f"{self._base_url}{folder}papers/{paper.slug}/" if self._base_url else ""
                entries[paper.id] = Entry(
                    id=entry_id(self._publication.identity, shown, paper.id),
                    paper=paper,
                    url=paper.url or page,
                    html=html,
                    updated=moment_of(issue),
                )
        return write_feed(spec, tuple(entries.values()), form)

    def _card(self, issue: Issue, place: int, language: str) -> tuple[PaperView, str]:
        key = issue.hash, language, place
        card = self._cards.get(key)
        if card is None:
            paper = view_paper(issue.papers[place], language)
            card = self._cards[key] = paper, self._templates.render("feed/entry.html", language, paper=paper)
            if len(self._cards) > _KEPT_CARDS:
                self._cards.popitem(last=False)
        self._cards.move_to_end(key)
        return card
