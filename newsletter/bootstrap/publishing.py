"""Templates at work: the site, documents, previews, and the mail of an issue."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from functools import partial
from typing import TYPE_CHECKING

from newsletter.bootstrap.shared import Shared
from newsletter.domain.issues import Issue, IssueKey, SelectionRequest
from newsletter.domain.ports import MailFactory
from newsletter.errors import IssueMissing
from newsletter.services.publish import Publish

if TYPE_CHECKING:
    from newsletter.domain.ports import SiteRenderer
    from newsletter.render.publication import Publication
    from newsletter.render.site import SiteTopic
    from newsletter.services.export import DocumentWriter, Export
    from newsletter.services.preview import Preview

__all__ = ["Publishing"]


class Publishing:
    """Builds what puts templates to work: the site, documents, previews, and the mail of an issue."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    def topic_pages(self) -> list[SiteTopic]:
        """The topics of the catalogue as the site shows them."""
        from newsletter.render.site import SiteTopic

        known: dict[str, dict[str, tuple[int, ...]]] = {}

        def papers(slug: str, issue: Issue) -> tuple[int, ...]:
            # A site asks topic by topic, each for many issues: an issue is indexed once, for all topics.
            if issue.hash not in known:
                selector = self._shared.selector(issue)
                known[issue.hash] = {
                    topic.slug: selector.select(SelectionRequest((f"topic:{topic.slug}",))).places
                    for topic in self._shared.catalogue.topics
                }
            return known[issue.hash][slug]

        return [
            SiteTopic(slug=topic.slug, names=topic.names, papers=partial(papers, topic.slug))
            for topic in self._shared.catalogue.topics
        ]

    def publish(self) -> Publish:
        """Write the site."""
        from newsletter.render.site import TOPIC_ISSUES

        s = self._shared.settings
        return Publish(
            self._shared.store.issues,
            self._site_renderer(),
            site=s.path(s.publish.site),
            feed_entries=s.publish.feed_entries,
            look_back=TOPIC_ISSUES if self._shared.catalogue.topics else 0,
            approval=s.issue.approval,
            clock=self._shared.clock,
        )

    def _site_renderer(self) -> SiteRenderer:
        from newsletter.render.site import SitePages

        s = self._shared.settings
        return SitePages(
            self._shared.templates,
            self.publication(),
            feed_entries=s.publish.feed_entries,
            markdown=s.publish.markdown,
            topics=self.topic_pages(),
            front_matter=s.publish.front_matter,
        )

    def publication(self) -> Publication:
        """The newsletter as its pages and feeds name it."""
        from newsletter.render.publication import Publication

        s = self._shared.settings
        return Publication.named(
            s.newsletter.title,
            description=s.newsletter.description,
            base_url=s.newsletter.base_url,
            # no change of title, address or secret may make the ids of entries others
            identity=self._shared.store.identity(),
            languages=s.languages,
        )

    def export(self) -> Export:
        """Write an issue as one document."""
        from newsletter.render.jsonl import write_jsonl
        from newsletter.render.markdown import MarkdownRenderer
        from newsletter.services.export import Export

        markdown = MarkdownRenderer(self._shared.templates)

        def writer(profile: str) -> DocumentWriter:
            return lambda issue, language, compat: markdown.write(issue, profile, language, compat=compat)

        writers = {profile: writer(profile) for profile in markdown.profiles}
        return Export(
            self._shared.store.issues,
            self._shared.store.archives,
            writers | {"jsonl": lambda issue, _language, _compat: write_jsonl(issue)},
        )

    def preview(self, key: IssueKey) -> Preview:
        """Show an issue while templates are written.

        Raises:
            IssueMissing: there is no such issue.
        """
        from newsletter.services.preview import Preview

        issue, status = self._shared.store.issues.get(key), self._shared.store.issues.status(key)
        if issue is None or status is None:
            msg = f"There is no issue {key.slug} yet. Run `newsletter compose {key.options}` first."
            raise IssueMissing(msg)

        def index(paths: Sequence[str]) -> str:
            return self._shared.templates.render(
                "web/preview.html",
                "en",
                paths=paths,
                name=key.slug,
                style=self._shared.templates.trusted("web/style.css"),
            )

        return Preview(
            issue,
            status,
            mails=self.mail,
            site=self._site_renderer,
            index=index,
            forget=self._shared.templates.forget,
            folders=self._shared.templates.folders,
        )

    def mail(self) -> MailFactory:
        """What makes the messages of an issue."""
        from newsletter.mail.assembly import MailAssembler
        from newsletter.render.mail import MailRenderer

        s = self._shared.settings.newsletter
        name, address = parseaddr(s.from_)
        design = MailRenderer(
            self._shared.templates,
            title=s.title,
            base_url=s.base_url,
            postal_address=s.postal_address,
            languages=self._shared.settings.languages,
        )
        return MailAssembler(
            design=design,
            title=s.title,
            sender=address,
            sender_name=name,
            base_url=s.base_url,
            bounces=self._shared.settings.bounce_address,
            verp=self._shared.settings.bounces.verp,
            leave_by_mail=self._shared.settings.bounces.unsubscribes,
            secret=self._shared.store.secret(),
            cards=self._shared.settings.mail.cards,
            words=self._shared.settings.mail.words,
        )
