"""English word forms brought together: plurals, inflection, British and American spelling.

Two forms are derived from a lower-case word. The **base** unites spellings and singular with plural (`behaviours`,
`behavior`); the **stem** also drops verb endings (`modelling`, `models`, `modeled`). Both are keys, not words to show.
The stem is lighter than Porter's on purpose: it never unites `general` with `generate`, or `universe` with
`university`, because a filter pays for each such union with papers that nobody asked for.
"""

from __future__ import annotations

import re

__all__ = ["base_form", "stem_form", "verb_form"]

_IRREGULAR = {
    "analyses": "analysis", "axes": "axis", "appendices": "appendix", "bases": "basis", "children": "child",
    "corpora": "corpus", "crises": "crisis", "criteria": "criterion", "feet": "foot", "foci": "focus",
    "genera": "genus", "halves": "half", "hypotheses": "hypothesis", "indices": "index", "knives": "knife",
    "leaves": "leaf", "lenses": "lens", "lives": "life", "loci": "locus", "matrices": "matrix", "mice": "mouse",
    "nuclei": "nucleus", "oases": "oasis", "parentheses": "parenthesis", "people": "person",
    "phenomena": "phenomenon", "radii": "radius", "shelves": "shelf", "stimuli": "stimulus",
    "syntheses": "synthesis", "teeth": "tooth", "theses": "thesis", "vertices": "vertex", "wolves": "wolf",
    "women": "woman", "men": "man", "biases": "bias", "gases": "gas", "aliases": "alias", "canvases": "canvas",
    "atlases": "atlas", "viruses": "virus", "quizzes": "quiz", "axioms": "axiom", "movies": "movie", "ties": "tie",
    "dies": "die", "lies": "lie", "pies": "pie", "species": "species", "series": "series", "caches": "cache",
    "headaches": "headache", "niches": "niche", "modi": "modus", "optima": "optimum", "minima": "minimum",
    "maxima": "maximum", "spectra": "spectrum", "strata": "stratum", "bacteria": "bacterium",
    "automata": "automaton", "schemata": "schema", "formulae": "formula", "larvae": "larva", "neurons": "neuron",
    "viri": "virus", "eigenbases": "eigenbasis", "diagnoses": "diagnosis", "prognoses": "prognosis",
    "emphases": "emphasis",
}  # fmt: skip
# Words that end in -s and are no plurals. Endings -ss, -us, -is are handled by rule.
_SINGULAR = frozenset(
    "bias gas atlas canvas pandas alias christmas texas kansas arkansas chaos cosmos ethos pathos always "
    "across less perhaps whereas towards besides sometimes afterwards news lens mars paris hermes does "
    "has was this thus his hers physics mathematics economics linguistics robotics statistics genomics "
    "proteomics dynamics kinematics mechanics optics acoustics ethics politics semantics heuristics "
    "analytics forensics logistics".split()
)
# The fields of study are found by their adjective's noun too (`statistic` and `statistics` differ): left alone.

_SPELLING = {
    "grey": "gray", "artefact": "artifact", "programme": "program", "judgement": "judgment", "ageing": "aging",
    "aluminium": "aluminum", "mould": "mold", "moulding": "molding", "plough": "plow", "sceptic": "skeptic",
    "sceptical": "skeptical", "cheque": "check", "tyre": "tire", "kerb": "curb", "defence": "defense",
    "offence": "offense", "licence": "license", "pretence": "pretense", "practise": "practice",
    "analogue": "analog", "acknowledgement": "acknowledgment", "sulphur": "sulfur", "storey": "story",
    "manoeuvre": "maneuver", "enrol": "enroll", "fulfil": "fulfill", "skilful": "skillful", "instal": "install",
    "organisation": "organization", "furore": "furor", "jewellery": "jewelry", "pyjamas": "pajamas",
    "draught": "draft", "gaol": "jail", "behove": "behoove", "cosy": "cozy", "sulphide": "sulfide",
    "sulphate": "sulfate", "focussed": "focused", "focussing": "focusing", "biassed": "biased",
    "catalogue": "catalog", "dialogue": "dialog", "epilogue": "epilog", "metre": "meter", "centre": "center",
    "fibre": "fiber", "litre": "liter", "theatre": "theater", "calibre": "caliber", "sabre": "saber",
    "spectre": "specter", "lustre": "luster", "titre": "titer", "centred": "centered", "centring": "centering",
    "kilometre": "kilometer", "millimetre": "millimeter", "centimetre": "centimeter", "nanometre": "nanometer",
    "micrometre": "micrometer", "hypercentre": "hypercenter", "epicentre": "epicenter",
}  # fmt: skip

# -isation, -ise, -yse. Words that merely end so (`noise`, `precise`) are changed alike in text and interest, which is
# harmless: nothing else is spelled `noize`.
_ISE = re.compile(r"(?<=[a-z]{3})([iy])s(e|es|ed|er|ers|ing|ation|ations|able|ability)$")
_OUR = re.compile(r"(?<=[a-z]{3})our(?=(?:s|ed|er|ers|ing|ings|al|ally|hood|hoods|able|ful|ite|ites|ist|less|ism)?$)")
_GREEK_AE = re.compile(
    r"ae(?=mi[ac]|mat|mo|dia|sthe|col|tiol|von)|oe(?=soph|dem|str)|(?<=f)oe(?=t)|(?<=rrh)oe(?=a)|(?<=n)oe(?=uvr)"
    r"|(?<=g)yn(?=ae)"
)
# `evaluation` and `evaluate`, `prediction` and `predict`, `alignment` and `align`: the noun of a verb's action.
_NOUN_OF_ACTION = re.compile(r"(?<=[a-z]{4})(?:(?<=i[sz])ation|ation(?<=[^i]ation)|(?<=[st])ion|ment)$")
_NO_NOUN_OF_ACTION = frozenset(
    "foundation question population publication department apartment compartment argument document instrument monument "
    "conversation information application reservation vocation commission permission admission".split()
)
_STEMS = {"robotic": "robot"}
_VOWEL = re.compile(r"[aeiouy]")
_DOUBLED = re.compile(r"([b-df-hj-np-rtv-z])\1$")
_DOUBLED_L = re.compile(r"ll(?=(?:ed|ing|ings|er|ers)$)")
_NO_VERB_ENDING = frozenset(
    "embed bed red need speed seed feed breed deed heed reed weed exceed proceed succeed indeed hundred "
    "sacred kindred thing king ring sing wing string spring bring sting swing during ceiling nothing "
    "something anything everything being sibling ling viking beijing evening morning sterling boeing "
    "inbred shred sled".split()
)


def base_form(word: str) -> str:
    """The base of a lower-case word: one key for its spellings and for singular and plural."""
    if not word.isalpha() or not word.isascii() or len(word) < 4:
        return _IRREGULAR.get(word, word)
    word = _singular(word)
    if word in _SPELLING:
        return _SPELLING[word]
    if "ae" in word or "oe" in word:
        word = _GREEK_AE.sub("e", word)
    if "our" in word:
        word = _OUR.sub("or", word)
    if "ll" in word:
        word = _DOUBLED_L.sub("l", word)
    return _ISE.sub(r"\1z\2", word)


def stem_form(base: str) -> str:
    """The stem of a base: the same key for its verb forms, and for a verb and the noun of its action."""
    if base in _STEMS:
        return _STEMS[base]
    if len(base) > 7 and base not in _NO_NOUN_OF_ACTION and base.isascii():
        noun = _NOUN_OF_ACTION.sub("", base)
        if noun != base:
            return verb_form(noun)
    verb = verb_form(base)
    return verb[:-2] if len(verb) > 5 and verb.endswith("at") and verb != base else verb


def verb_form(base: str) -> str:
    """The stem of a base: the same key for its verb forms alone."""
    if len(base) < 4 or not base.isalpha() or not base.isascii():
        return base
    word = base
    if len(base) > 4 and word not in _NO_VERB_ENDING:
        for ending in ("ing", "ed"):
            if word.endswith(ending):
                rest = word[: -len(ending)]
                if len(rest) >= 3 and _VOWEL.search(rest):
                    word = rest
                break
    if word.endswith(("y", "i")):
        return word[:-1] + "i"
    word = word.removesuffix("e")
    return word[:-1] if _DOUBLED.search(word) else word


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or word in _SINGULAR:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]
