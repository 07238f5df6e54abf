r"""Where a text may end early so that a reader does not notice: after a sentence, else after a clause of it.

A row of a digest has room for a line or two, and a sentence of an abstract has three. A column's end cuts words from
what they belong to; a clause's end leaves a statement. The rules, in the order in which they are applied:

1. as many whole sentences as fit;
2. else of the first sentence the longest beginning that is a statement by itself and ends
   a. before a semicolon, a colon, a dash, or a comma that a connective, a participle or (in Chinese) a clause follows;
   b. if that is much longer, before a preposition or conjunction that adds a circumstance ("using …", "when …");
   c. if that is longer still, before any other comma, `and`, `that` or infinitive;
3. else the words that fit, with an ellipsis.

What rule 2 cuts ends with a full stop. Nothing is cut within mathematics, parentheses or quotation marks. A
beginning that only leads up to a statement ("To count tomatoes,", "Although they ripen,", "为了统计番茄，") is none,
nor is one whose last part has a subject and no verb yet ("…, but their behaviour" before ", such as"). A list is not
cut before its last item, and a name not at its colon.
Time is linear in the length of the text.
"""

from __future__ import annotations

import re

from newsletter.domain.text.sentences import closed_math, shorten, split_sentences, visible_length

__all__ = ["clause"]

_LEAST = 0.4
"""Part of the room that a beginning must fill: a shorter one says too little."""
_WORTH = {"mark": 1.0, "word": 0.8, "any": 0.7}
"""What a character is worth by what cuts after it: a longer beginning may be better than a cleaner end."""
_AFTER_OPENING = 25
"""Characters that a statement has at least after the opening that leads up to it."""
_LONGEST = 4_000
_WIDE = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60"
_WIDE_ONE = re.compile(f"[{_WIDE}]")
_WIDE_END = re.compile(rf"[{_WIDE}]\W*\Z")
_GAP = re.compile(rf"\s|(?<=[{_WIDE}])(?=[{_WIDE}])")
_COMMA = re.compile("[,，]")

_CUT = re.compile(
    r"(?P<mark>\s?[;；]|:(?=\s)|：|\s?[–—]+(?=\s)|—|\s--+(?=\s)|，"
    r"|,(?=\s(?:which|where(?:as|by|in)?|who(?:se)?|while|when|because|since|although|though|as|if|so|but|yet|thus|hence"
    r"|thereby|therefore|then|without|with|rather|instead|even|especially|particularly|notably|including|such as"
    r"|compared|due to|despite|unlike|from|for|by|using|via|through|on|in|across|under|at|to|until|unless|only|not"
    r"|(?:and|or|then) (?:we|it|they|this|that|these|our|show|demonstrate|find|prove|evaluate|discuss|then|further"
    r"|thus|can|is|are|does|achieves?|outperforms?|provides?|enables?)"
    r"|[a-z-]+ing|(?:un)?(?:driven|inspired|motivated|supported|followed|guided|enabled|built|designed|called|named"
    r"|termed|trained|given|defined|measured|obtained|based|derived|coupled|combined|paired|shown))\b))"
    r"|(?P<word>\s(?=(?:by|using|via|through|with|without|for|in|on|across|when|where|while|whereas|because|since|under"
    r"|within|during|among|at|so that|such that|as well as|rather than|and (?:we|it|they|show|demonstrate|find|prove"
    r"|thus))\s))"
    r"|(?P<any>,(?=\s)|\s(?=(?:and|or|that|to|from|into|between|over|as|against|after|before|towards?|including|spanning|containing"
    r"|consisting|comprising|leveraging|instead|designed|characterized) ))"
)
# Where the last part of a beginning began, and what shows that it says something of its subject.
_PART = re.compile(
    r"[;:；：]|,\s(?:but|and|yet|so|while|whereas|although|though|because|since)\s"
    r"|(?:show|demonstrat|find|prove|argu|conclud|reveal|suggest|observ|indicat|ensur)(?:e?s|e|ing)? that\s"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|can|could|may|might|will|would|must|should|do|does|did|cannot|[Ww]e|[Ii]t|[Tt]hey|I"
    r"|(?:remain|require|rel[iy]|provide|introduce|propose|present|show|demonstrate|enable|achieve|use|stud[iy]|explore"
    r"|investigate|examine|address|develop|offer|reveal|find|argue|prove|improve|reduce|increase|outperform|combine|learn"
    r"|describe|extend|evaluate|analy[sz]e|compare|identif[iy]|establish|integrate|leverage|allow|make|fail|lack|suffer|need"
    r"|play|become|produce|generate|create|build|lead|result|support|help|focus|assume|depend|face|limit|exhibit|struggle"
    r"|highlight|report|review|survey|tackle|release|design|apply|train|test|operate|treat|capture|drive|form|represent"
    r"|contain|include|involve|consider|formulate|derive|unif[iy]|optimi[sz]e|predict|model|select|transform|adapt|employ"
    r"|incorporate|critique|present|tend|maintain|preserve|emerge|pose|accelerate|ground|characteri[sz]e|define|serve"
    r"|challenge|suggest|indicate|cover|work|rise|fall|carr[iy]|ha[sd]|give|take|hold|grow|bring|shape|process|replace"
    r"|benchmark|measure|detect|deploy|perform|generali[sz]e|mak)(?:e?s|e?d)?)\b"
)
_BRACKETS = {**dict.fromkeys("([{“「『（《", 1), **dict.fromkeys(")]}”」』）》", -1)}
# What leads up to a statement instead of being one: nothing is cut before its first comma, or right after it.
_OPENING = re.compile(
    r"(?:Although|Though|While|Whereas|When|Whenever|If|Since|Because|As|Once|Unlike|Despite|Given|Instead|Rather"
    r"|Inspired|Motivated|Based|Built|Compared|Unless|Even|Among|After|Before|Beyond|Under|Within|Without|With|During"
    r"|Through(?:out)?|Across|Via|From|For|By|At|On|In|To|Of|Over|Until|Where|Not|Towards?|Due|According|Contrary"
    r"|[A-Z][a-z]+(?:ing|ed|ly))\b"
    r"|[为在对从受与当若除面]|针对|通过|基于|如果|虽然|尽管|随着|由于|根据|相比|利用|借助|鉴于|作为|即使|考虑|不同于|近年|目前"
    r"|此外|然而|具体|实验|因此|最后|首先|同时"
)
# What is bound to the words that follow: `relies on`, `due to`, `models trained on`. It ends no statement.
_BOUND = re.compile(
    r"\b(?:rel(?:y|ies)|focus(?:es)?|depend(?:s|ent)?|leads?|results?|consists?|suffers?|due|such|account(?:s)?|respect"
    r"|aims?|needs?|fails?|only|not|rather|advocates?|and|or|but|as|than|of|to|the|an?|is|are|was|were|be|been|that|which|both|either"
    r"|between|from|into|up|its|their|our|this|these|those|capable|able|calls?|responsible|essential|critical|crucial"
    r"|important|necessary|suitable|useful|well|widely|often|more|most|less|very|also|how|what|why|how much|[a-z]{2,}ed"
    r"|[a-z]{2,}ing|[a-z]{2,}ly|[a-z]{2,}ive|by|with|for|in|on|at|via|through|[a-z]{2,}(?:able|ible|ous|less)|first|novel|new"
    r"|simple|general|large|small|single|efficient|robust|autonomous|ready|built|made|drawn|given|found|stems?|arises?|argues?"
    r"|[a-z]+-(?:free|aware|only|level|specific|agnostic|efficient|scale|world|time|step|stage|end|friendly)"
    # a verb whose object or complement is missing: `which trains`, `we observe`
    r"|(?:which|that|who|we|it|they|should|can|could|may|must|will|to|not)(?:\s\w+ly|\sfirst|\sinstead|\salso)?\s[a-z-]+"
    # a noun that says nothing without what it is about: `addresses the challenges`, `presents a framework`
    r"|(?:propos|present|introduc|develop|describ|address|stud|examin|investigat|analy[sz]|explor|tackl)\w+\s(?:an?|the)\s[\w-]+"
    r"|(?:i\.e|e\.g)\.?)\Z|[-/]\Z"
)
# A comma before the items of a list, or a colon within a name ("Patchcast: Forecasts for Plots"), ends no clause.
_ITEM = re.compile(
    r"\s(?:(?:and|or)\s|(?!(?:an?|the|our|we|which|where|with)\s)[^\s,;:]+(?:\s[^\s,;:]+){0,3},?\s(?:and|or)\s)"
)
_LISTED = re.compile(r",\s(?!an?\s|the\s)[^,;:]{2,45},?\Z|:\s[^:]*\Z")
_NAMED = re.compile(r"\b[A-Z][\w-]*\Z")
_LEFT_OVER = re.compile(
    r"(?:[\s,;:，、]+(?:and|or|but|of|the|an?|to|in|on|for|by|with|from|that|which|as|at|its|their|our|is|are|be|than|into"
    r"|via|we))*[\s,;:，；：、]*\Z"
)


def clause(text: str, most: int) -> str:
    """The text, or as much of its beginning as fits `most` columns and can stand alone; see the rules above.

    A column is a visible character (a TeX command is one); those of Chinese, Japanese and Korean take two.
    """
    if _columns(text) <= most:
        return text
    text = text[:_LONGEST]
    sentences = split_sentences(text)
    whole = ""
    for sentence in sentences:
        longer = f"{whole}{'' if _WIDE_END.search(whole) else ' '}{sentence}".strip()
        if _columns(longer) > most:
            break
        whole = longer
    return whole or _statement(sentences[0], most) or _words(sentences[0], most)


def _columns(text: str) -> int:
    return visible_length(text) + (0 if text.isascii() else len(_WIDE_ONE.findall(text)))


def _statement(sentence: str, most: int) -> str:
    """The longest statement that a sentence begins with, empty where none fits."""
    closed = closed_math(sentence)
    begins = _stated_from(sentence)
    best, worth = "", 0.0
    for cut in _CUT.finditer(sentence):
        part = sentence[: cut.start()]
        if _columns(part) >= most:
            break
        if (
            cut.start() >= begins
            and not closed[cut.start()]
            and (columns := _columns(part)) >= _LEAST * most
            and columns * _WORTH[cut.lastgroup or ""] > worth
            and not _BOUND.search(part)
            and not _goes_on(part, cut)
            and not _is_inside(part)
            and _says(part)
        ):
            # a word may be cut before that follows a comma
            best, worth = part.rstrip(",，"), columns * _WORTH[cut.lastgroup or ""]
    return best and f"{best}{'。' if _WIDE_END.search(best) else '.'}"


def _goes_on(part: str, cut: re.Match[str]) -> bool:
    """Whether a cut falls within a list or a name."""
    following = cut.string[cut.end() :]
    if cut[0].startswith(":"):
        return _NAMED.search(part) is not None and _NAMED.match(following.lstrip().partition(" ")[0]) is not None
    if cut.lastgroup != "any":
        return False
    if cut[0] == ",":
        return _ITEM.match(following) is not None or (_LISTED.search(part + ",") is not None and ":" in part)
    return following.startswith(("and ", "or ")) and _LISTED.search(part) is not None


def _stated_from(sentence: str) -> int:
    """From which character on a beginning is a statement: an opening alone is none."""
    if not _OPENING.match(sentence):
        return 0
    comma = _COMMA.search(sentence)
    return comma.end() + _AFTER_OPENING if comma else len(sentence)


def _says(part: str) -> bool:
    """Whether the last part of a beginning has a verb, as far as words show it; Chinese has no forms to tell."""
    begins = max((match.end() for match in _PART.finditer(part)), default=0)
    return _WIDE_END.search(part) is not None or _VERB.search(part, begins) is not None


def _is_inside(part: str) -> bool:
    """Whether what follows stands in a parenthesis or in quotation marks."""
    return part.count('"') % 2 == 1 or sum(part.count(mark) * side for mark, side in _BRACKETS.items()) > 0


def _words(sentence: str, most: int) -> str:
    """The words that fit, without those that wait for what was left out."""
    closed, end = closed_math(sentence), 0
    for gap in _GAP.finditer(sentence):
        if _columns(sentence[: gap.start()]) >= most:
            break
        if not closed[gap.start()]:
            end = gap.start()
    part = _LEFT_OVER.sub("", sentence[:end])
    return f"{part}…" if part else shorten(sentence, most)
