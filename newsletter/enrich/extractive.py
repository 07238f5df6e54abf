"""The engine that needs no network and no model: what it says of a paper are the abstract's own sentences.

Nothing is invented. A role that the abstract does not state stays empty, there are no ratings, no affiliation and no
translation; in another language than the paper's it has nothing to say.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence

from newsletter.domain.papers import Paper
from newsletter.domain.summaries import Keyword, Provenance, Summary, SummaryKey
from newsletter.enrich._keywords import find_keywords
from newsletter.enrich._roles import find_roles
from newsletter.enrich._weights import WEIGHTS

__all__ = ["ExtractiveEngine"]

# Other weights choose other sentences: summaries kept under the old ones are then not taken for the same.
_VERSION = hashlib.sha256(repr(WEIGHTS).encode()).hexdigest()[:12]


class ExtractiveEngine:
    """Implements `domain.ports.Engine` in English, deterministically."""

    name = "extractive"

    def key(self, paper: Paper, language: str) -> SummaryKey:
        """Under which key its summary of this paper is kept; the version of its weights stands for the prompt."""
        return SummaryKey(paper.id, paper.version, language, self.name, "", _VERSION)

    def speaks(self, language: str) -> bool:
        """English and its regional forms: the language of the abstracts."""
        return language.partition("-")[0].lower() == "en"

    async def summarise(self, papers: Sequence[Paper], language: str) -> AsyncIterator[Summary]:
        """One summary a paper, in order; none at all in a language that it does not write.

        A paper without an abstract gets a summary without text.
        """
        if not self.speaks(language):
            return
        for paper in papers:
            yield self.summary(paper, language)
            await asyncio.sleep(0)  # a thousand papers take seconds: let others have a turn

    def summary(self, paper: Paper, language: str = "en") -> Summary:
        """What the abstract says of itself."""
        roles = find_roles(paper.title, paper.abstract)
        terms = find_keywords(paper.title, paper.abstract) if paper.abstract.strip() else ()
        return Summary(
            paper_id=paper.id,
            version=paper.version,
            language=language,
            provenance=Provenance(engine=self.name, prompt=_VERSION),
            tldr=roles.tldr,
            motivation=roles.motivation,
            method=roles.method,
            result=roles.result,
            keywords=tuple(Keyword(term) for term in terms),
        )
