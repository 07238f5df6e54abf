"""Engines, the editor, archives, and the services up to a frozen issue."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import date

from newsletter.bootstrap.collecting import Collecting
from newsletter.bootstrap.resources import shipped
from newsletter.bootstrap.shared import Shared
from newsletter.domain.issues import Silence, explain_silence
from newsletter.domain.notation import Weekday
from newsletter.domain.papers import FILE_ENGINE, Listing
from newsletter.domain.ports import Engine
from newsletter.errors import ConfigError
from newsletter.services.approve import Approve
from newsletter.services.compose import Compose, ComposeOptions
from newsletter.services.daily import Daily
from newsletter.services.edit import Edit
from newsletter.services.enrich import Enrich
from newsletter.services.importing import ImportArchive
from newsletter.services.scope import EnrichScope

__all__ = ["Composing"]


class Composing:
    """Builds engines, the editor, archives, and the services up to a frozen issue."""

    def __init__(self, shared: Shared, collecting: Collecting) -> None:
        self._shared = shared
        self._collecting = collecting

    def enrich(self) -> Enrich:
        """Write summaries."""
        return Enrich(
            self._shared.store.summaries, self._engine(), self._shared.settings.languages, self._shared.progress
        )

    def scope(self) -> EnrichScope:
        """Which papers are worth a summary."""
        s = self._shared.settings
        return EnrichScope(
            self.compose(),
            self._shared.store.subscribers,
            self._shared.selector,
            feed_entries=s.publish.feed_entries,
            shown_only=s.enrich.scope == "shown",
        )

    def compose(self) -> Compose:
        """Freeze issues."""
        from newsletter.services.interests import LearnNames  # brings NumPy, which other commands need not

        s = self._shared.settings
        options = ComposeOptions(
            title=s.newsletter.title,
            description=s.newsletter.description,
            languages=s.languages,
            # what came with a paper is what its author wanted shown; the fallback is there for a model that failed
            engines=tuple(dict.fromkeys((FILE_ENGINE, s.enrich.engine, "extractive"))),
            order=s.issue.order,
            max_papers=s.issue.max_papers,
        )
        return Compose(
            self._shared.store,
            options,
            admits=self._collecting.admits(),
            clock=self._shared.clock,
            acronyms=LearnNames(self._shared.store.acronyms, self._shared.catalogue.synonyms),
            silence=self._silence,
        )

    def _silence(self, day: date, listings: Sequence[Listing]) -> Silence | None:
        """What an issue of a day without papers says; None where the operator wants no such issue."""
        if self._shared.settings.issue.on_empty == "nothing":
            return None
        return explain_silence(day, listings, self._collecting.calendar)

    def daily(self) -> Daily:
        """The day up to its frozen issues."""
        return Daily(
            self._collecting.collect(),
            self._collecting.fill_gaps(),
            self.scope(),
            self.enrich(),
            self.compose(),
            weekly_on=Weekday(self._shared.settings.issue.weekly_on),
            wanted=self._shared.store.subscribers.weekdays,
        )

    def edit(self) -> Edit:
        """The editor's desk."""
        return Edit(
            self._shared.store.notes,
            self.compose(),
            folder=self._shared.settings.path(self._shared.settings.issue.desk),
            languages=self._shared.settings.languages,
        )

    def approve(self) -> Approve:
        """Let an issue go out."""
        return Approve(self._shared.store.issues, clock=self._shared.clock)

    def importing(self) -> ImportArchive:
        """Take in back archives."""
        from newsletter.archives import READERS, json_lines_reader
        from newsletter.sources.paper_lines import read_line

        readers = {**READERS, "jsonl": json_lines_reader(read_line)}
        return ImportArchive(self._shared.store, readers, self.compose(), clock=self._shared.clock)

    def _engine(self) -> Engine:
        if self._shared.settings.enrich.engine == "llm":
            return self._model()
        from newsletter.enrich.extractive import ExtractiveEngine

        return ExtractiveEngine()

    def _model(self) -> Engine:
        from newsletter.domain.notation import parse_budget, parse_currency
        from newsletter.enrich.budget import Budget, Prices
        from newsletter.enrich.client import ChatClient
        from newsletter.enrich.llm import Asking, LlmEngine
        from newsletter.enrich.prompts import Prompts

        s = self._shared.settings.enrich
        if not s.model:
            msg = 'enrich.engine = "llm" needs enrich.model, the name of a model as its server knows it.'
            raise ConfigError(msg, key="enrich.model")
        most_tokens, most_money = parse_budget(s.daily_budget)
        if most_money is not None and not (s.price_in or s.price_out):
            msg = "enrich.daily_budget in money needs enrich.price_in and enrich.price_out, for a million tokens each."
            raise ConfigError(msg, key="enrich.price_in")
        client = ChatClient(
            base_url=s.base_url,
            api_key=s.api_key.get_secret_value() if s.api_key else "",
            model=s.model,
            timeout=s.timeout.total_seconds(),
            clock=self._shared.clock,
        )
        own = [self._shared.settings.path(s.prompts)] if s.prompts else []
        return LlmEngine(
            client,
            Prompts([*own, shipped("templates") / "prompts"]),
            budget=Budget(most_tokens, most_money, Prices(s.price_in, s.price_out), parse_currency(s.daily_budget)),
            sleep=asyncio.sleep,
            chance=random.random,
            asking=Asking(concurrency=s.concurrency, papers_per_request=s.papers_per_request),
            book=self._shared.store.summaries.book,
        )
