"""Text as data: clean text, sentences, the language it is in, TeX, and words folded to what they share."""

from newsletter.domain.text.announcing import without_announcing
from newsletter.domain.text.clauses import clause
from newsletter.domain.text.dollars import formula_at, inside, segments
from newsletter.domain.text.folding import (
    SCAN,
    SCAN_ASCII,
    STOP_WORDS,
    Form,
    fold,
    fold_text,
    is_unspaced,
    surfaces,
    tokens,
)
from newsletter.domain.text.formulas import read_formula
from newsletter.domain.text.inflection import base_form, stem_form, verb_form
from newsletter.domain.text.languages import english_share, is_in, is_prose_in, scripts
from newsletter.domain.text.markup import clean_document, clean_line, clean_text, ellipsis, safe_url, slug, unmarked
from newsletter.domain.text.openers import leans, without_opener
from newsletter.domain.text.reading import WORDS_A_MINUTE, reading_minutes, reading_words
from newsletter.domain.text.sentences import shorten, split_sentences, visible_length
from newsletter.domain.text.texts import clean, plain, readable, same_words
from newsletter.domain.text.web_addresses import Address, addresses, without_tex_links

__all__ = [
    "SCAN",
    "SCAN_ASCII",
    "STOP_WORDS",
    "WORDS_A_MINUTE",
    "Address",
    "Form",
    "addresses",
    "base_form",
    "clause",
    "clean",
    "clean_document",
    "clean_line",
    "clean_text",
    "ellipsis",
    "english_share",
    "fold",
    "fold_text",
    "formula_at",
    "inside",
    "is_in",
    "is_prose_in",
    "is_unspaced",
    "leans",
    "plain",
    "read_formula",
    "readable",
    "reading_minutes",
    "reading_words",
    "safe_url",
    "same_words",
    "scripts",
    "segments",
    "shorten",
    "slug",
    "split_sentences",
    "stem_form",
    "surfaces",
    "tokens",
    "unmarked",
    "verb_form",
    "visible_length",
    "without_announcing",
    "without_opener",
    "without_tex_links",
]
