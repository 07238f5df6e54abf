"""The engine that needs no network and no model: what it says of a paper are the abstract's own sentences.

Nothing is invented. A role that the abstract does not state stays empty, there are no ratings, no affiliation and no
translation; in another language than the paper's it has nothing to say.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait

from newsletter.domain.answers import without_orders
from newsletter.domain.notation import ENGLISH, is_english
from newsletter.domain.papers import Keyword, Paper, Provenance, Summary, SummaryKey
from newsletter.enrich._roles import RULES, find_roles
from newsletter.enrich._weights import WEIGHTS
from newsletter.enrich.keywords import VERSION, find_keywords

__all__ = ["ExtractiveEngine"]

# Other weights and other rules choose other words: summaries kept under the old ones are then not taken for the same.
_VERSION = hashlib.sha256(f"{RULES}{WEIGHTS!r}{VERSION}".encode()).hexdigest()[:12]

_WORTH_SHARING = 200
"""Papers from which on the second that other processes need to start is won back."""
_SHARE = 20
_MOST_WORKERS = 8


class ExtractiveEngine:
    """Implements `domain.ports.Engine` in English, deterministically."""

    name = "extractive"

    def key(self, paper: Paper, language: str) -> SummaryKey:
        """Under which key its summary of this paper is kept; the version of its weights stands for the prompt."""
        return SummaryKey(paper.id, paper.version, language, self.name, "", _VERSION)

    def speaks(self, language: str) -> bool:
        """English and its regional forms: the language of the abstracts."""
        return is_english(language)

    async def summarise(self, papers: Sequence[Paper], language: str) -> AsyncIterator[Summary]:
        """One summary a paper, in order; none at all in a language that it does not write.

        A paper without an abstract gets a summary without text. A long list is shared among the machine's cores.
        """
        if not self.speaks(language):
            return
        cores = os.cpu_count() or 1
        if cores == 1 or len(papers) < _WORTH_SHARING:
            for paper in papers:
                yield self.summary(paper, language)
                await asyncio.sleep(0)  # let others have a turn
            return
        loop = asyncio.get_running_loop()
        # spawned, not forked: a fork would inherit database connections that are not its own
        with ProcessPoolExecutor(
            min(cores, _MOST_WORKERS), mp_context=get_context("spawn"), initializer=_end_with_parent
        ) as workers:
            shares = [papers[at : at + _SHARE] for at in range(0, len(papers), _SHARE)]
            tasks = [loop.run_in_executor(workers, _summaries, share, language) for share in shares]
            try:
                for task in tasks:
                    for summary in await task:
                        yield summary
            finally:
                workers.shutdown(wait=False, cancel_futures=True)

    def summary(self, paper: Paper, language: str = ENGLISH) -> Summary:
        """What the abstract says of itself; what it says to a model is none of it."""
        abstract = without_orders(paper.abstract)
        roles = find_roles(paper.title, abstract)
        terms = find_keywords(paper.title, abstract) if abstract.strip() else ()
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


def _end_with_parent() -> None:
    """End this worker when its parent does, also when that is killed and can tell nobody.

    A worker holds both ends of the queue it reads, so it would wait for ever; the parent's sentinel is a pipe (on
    Windows a handle) of which the parent alone holds the other end.
    """

    def watch(sentinel: int) -> None:
        wait([sentinel])
        os._exit(1)

    if parent := parent_process():
        threading.Thread(target=watch, args=(parent.sentinel,), daemon=True).start()


def _summaries(papers: Sequence[Paper], language: str) -> list[Summary]:
    """What a worker process does with its share."""
    engine = ExtractiveEngine()
    return [engine.summary(paper, language) for paper in papers]
