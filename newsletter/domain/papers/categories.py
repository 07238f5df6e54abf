"""The categories of arXiv (https://arxiv.org/category_taxonomy), and those that one may have meant.

Papers of other sources may have others: a category that is not here is questioned, never refused.
"""

from __future__ import annotations

import difflib
from functools import lru_cache

__all__ = ["bare_category", "is_known", "nearest"]

_ARCHIVES = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC "
    "SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "gr-qc": "",
    "hep-ex": "",
    "hep-lat": "",
    "hep-ph": "",
    "hep-th": "",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "math-ph": "",
    "nlin": "AO CD CG PS SI",
    "nucl-ex": "",
    "nucl-th": "",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph "
    "geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "quant-ph": "",
    "stat": "AP CO ME ML OT TH",
}
_KNOWN = {
    name.casefold(): name
    for archive, subjects in _ARCHIVES.items()
    for name in (archive, *(f"{archive}.{subject}" for subject in subjects.split()))
}

_NO_WORDS = {folded: name for folded, name in _KNOWN.items() if "." in name or "-" in name}


def bare_category(text: str) -> str:
    """The category that this text is, in any case, without `cat:` before it; empty where it may be something else.

    An archive without a dot counts where its name is no word: `hep-th`, not `math`.
    """
    return _NO_WORDS.get(text.casefold(), "")


def is_known(pattern: str) -> bool:
    """Whether arXiv has this category, or one of this family (`cs.*`)."""
    wanted = pattern.casefold()
    if not wanted.endswith("*"):
        return wanted in _KNOWN
    return any(name.startswith(wanted[:-1].removesuffix(".")) for name in _KNOWN)


@lru_cache(4_096)
def nearest(pattern: str) -> tuple[str, ...]:
    """At most three categories that are written much like this one, the likest first."""
    wanted = pattern.casefold().removesuffix("*").removesuffix(".")
    close = difflib.get_close_matches(wanted, _KNOWN, n=len(_KNOWN), cutoff=0.6)
    close.sort(key=lambda name: -sum(map(str.__eq__, wanted, name)))
    return tuple(_KNOWN[name] for name in close[:3])
