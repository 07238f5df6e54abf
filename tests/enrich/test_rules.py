"""What the engine says is kept under a version: whoever changes what it says raises the version."""

import hashlib
from itertools import product

from newsletter.enrich._roles import RULES, find_roles
from newsletter.enrich.keywords import find_keywords

BACKGROUNDS = (
    "Tomatoes ripen at different times. However, counters of tomatoes remain slow and expensive.",
    "Background: Gardeners rely on weather forecasts, but existing forecasts often fail on small plots.",
    "Weather models are widely used.",
)
PROPOSALS = (
    "To address this issue, we propose Patchcast, a light graph model that fuses soil sensors, public radar and wind.",
    "Methods: This paper studies how forty allotments ripen, using one encoder a plot and attention between plots.",
    "To close this gap in large gardens, we introduce Patchcast: Forecasts for Plots, a benchmark of 40 allotments.",
    "This survey reviews forecasts of gardens and their open problems.",
)
DETAILS = (
    "Specifically, Patchcast trains one encoder per plot. Second, it combines them by attention (see Fig. 2).",
    "We further formalize this as a flow on graphs. The resulting flow is solved in linear time.",
)
RESULTS = (
    "Experiments on forty allotments show that it reduces errors by 31%. These results suggest that soil is enough.",
    "Results: The pulse of gardens fell by four beats. Code is at https://example.org/patchcast.",
)


def test_summaries_of_other_words_have_another_version():
    said = []
    for sentences in product(BACKGROUNDS, PROPOSALS, DETAILS, RESULTS):
        abstract = " ".join(sentences)
        said.append((find_roles("Forecasts for Plots", abstract), find_keywords("Forecasts for Plots", abstract)))
    digest = hashlib.sha256(repr(said).encode()).hexdigest()[:12]
    assert (RULES, digest) == (2, "69f1cea5f7b3"), "other words: raise RULES, then put both here"
