r"""A sentence that is shown alone, without the words by which it leaned on the sentence before it.

"To address this issue, we count tomatoes" points at an issue that a card does not name, "However," contradicts
nothing there, and "Second," comes first. The rules, in the order in which they are applied to a text's beginning, as
often as one of them fits:

1. a heading ("Methods:", "(2)") and a setting ("In this paper,", "Here,") go;
2. a connective ("However,", "As a result,", "此外，") goes, and so does an ordinal ("Second,"), unless what it counts
   on with ("First, …" before "Second, …") follows in the text;
3. an introductory clause that points back ("To address these challenges,", "Motivated by this observation,",
   "为解决这一问题，") goes; where it says anything of its own ("To count tomatoes in this setting,"), an ellipsis
   stands for it, and a circumstance at its end that points at nothing ("…, in large gardens,") stays; so goes what
   introduces a finding ("These results show that");
4. an adverb that leans ("We also show", "We therefore count") goes, and so does ", however," set into the beginning.

What remains is the text's own words, beginning with a capital. A text that is nothing without its opener stays as it
is, and so does one whose subject points back ("These results …", "They …"): `leans` says so, and another sentence is
better. Time is linear in the length of the text.
"""

from __future__ import annotations

import re

__all__ = ["leans", "without_opener"]


def _alternatives(text: str) -> str:
    return "|".join(part.strip().replace(" ", r"\s") for part in text.split("/"))


_PAPER = (
    r"(?:[\w-]+\s)?(?:paper|work|study|article|survey|thesis|report|review|tutorial|note|manuscript|dissertation|chapter"
    r"|letter|essay|research|project|contribution|monograph|perspective|preprint|publication|investigation|overview"
    r"|primer|sok)\b"
)
_HEADING = (
    r"(?:background|introduction|context|motivations?|purpose|objectives?|aims?|problem|methods?|methodology|approach|design"
    r"|materials|results?|findings|evaluation|conclusions?|discussion|significance|contributions?|summary"
    r"|originality|value|(?:practical\s|research\s)?(?:implications|limitations)|tl;?dr)"
    r"(?:(?:\s(?:and|&)\s|\s?/\s?)\w+){0,2}\s?:\s*"
    r"|(?:background|objectives?|methods?|results?|findings|conclusions?|purpose|aims?)\.\s+(?=[A-Z])"
    r"|\(?(?:\d|i{1,3}|iv|v|[a-e])\)\s+|\d\.\s+(?=[A-Z])|[•*–—-]\s+"
)
_SETTING = rf"in\s(?:this|the\spresent|our|the\scurrent)\s{_PAPER},?\s(?!as\b|and\b|of\b)|here(?:in)?,\s|here\s(?=we\b)"
_CONNECTIVE = _alternatives(
    "however/moreover/furthermore/additionally/in addition/besides/thus/therefore/hence/consequently/as a result"
    "/as such/as a consequence/accordingly/nevertheless/nonetheless/even so/meanwhile/notably/importantly"
    "/crucially/critically"
    "/interestingly/surprisingly/remarkably/unexpectedly/strikingly/intriguingly/unfortunately/specifically"
    "/more specifically/in particular/particularly/concretely/more concretely/more precisely/more importantly"
    "/most importantly/most notably/more generally/finally/lastly/last/overall/altogether/together/in summary"
    "/in conclusion/to conclude/in short/in sum/to summarize/to summarise/summarizing/taken together/then/next"
    "/afterwards/subsequently/also/further/to this end/to that end/to these ends/for this purpose/to do so/to do this"
    "/to achieve this/that is/indeed/in fact/in other words/by contrast/in contrast/on the other hand/on the one hand"
    "/in parallel/simultaneously"
    "/conversely/instead/rather/still/similarly/likewise/in turn/in response/in doing so/in so doing/at the same time"
    "/for example/for instance/as an example/to illustrate/in practice/by doing so/because of this/due to this"
    "/for this reason/for these reasons/in this way/in this context/in this setting/in this regard/in this sense"
    "/in light of this/in view of this/in all cases/beyond this/beyond that/apart from this/despite this/even then"
    "/with this in mind/that said/in the process/on top of this/at its core/equally important/so far/empirically"
    "/practically/experimentally/theoretically/technically/as a first step/as a step towards this/first of all"
)
_ORDINAL = r"(?P<ordinal>first|second|third|fourth|fifth)(?:ly)?|\(?\b(?:i{1,3}|\d)\)"
_BARE = r"(?:but|and|yet|so|or|plus)\s(?=\w)(?!another|far\b|that\b|as\b|much\b|many\b|called\b)"
_CHINESE = (
    r"(?:然而|但是|但|不过|此外|另外|除此之外|因此|所以|因而|为此|同时|其次|再次|最后|进而|进一步地?|具体来说"
    r"|具体而言|具体地|总之|综上|总体而言|特别地|值得注意的是|相反|与此同时|在此基础上|基于此|对此|由此|于是)[，,]\s?"
    r"|(?:为了?|针对|基于|受)(?:解决|应对|克服|弥补|填补|缓解|回答)?(?:这|该|此|上述|以上)(?:一|些|类|个)?"
    r"(?:问题|挑战|难题|局限|不足|限制|差距|空白|缺陷|需求|观察|发现|启发|瓶颈)?[，,]\s?"
)
_MERE = re.compile(
    rf"(?:{_HEADING}|{_SETTING}|(?:{_CONNECTIVE}|{_ORDINAL}),\s|{_BARE}|(?:thus|therefore|hence|then|finally|next"
    rf"|additionally|furthermore|moreover|also)\s(?=we\b)|{_CHINESE})",
    re.IGNORECASE,
)
_INTRODUCES = (
    r"(?:to|by|with|using|under|given|from|in|for|through|because\sof|due\sto|as|following|leveraging|guided\sby|beyond|on"
    r"|driven\sby|motivated\sby|inspired\sby|building\s(?:up)?on|built\s(?:up)?on|based\son|drawing\son|despite|at|after|upon"
    r"|across|in\sresponse\sto|in\sorder\sto|towards?|unlike|when|while|although|though|since|because|if|considering"
    r"|recognizing|addressing|against|among|without|within|starting\sfrom|in\slight\sof)"
)
_SUBJECT = rf"(?:we|this\s{_PAPER}|our\s\w+|i)\s"
_POINTING = re.compile(
    # written without its comma
    r"in\sorder\sto\s[^,.;:?!]{3,120}?\s(?=we\s(?:propose|introduce|present|develop|design)\b)"
    rf"|{_INTRODUCES}\b(?:(?!,\s{_SUBJECT})[^.;:?!]){{0,200}}?,\s(?={_SUBJECT})"
    rf"|{_INTRODUCES}\b[^,.;:?!]{{0,120}},\s(?=(?:the|an?|our|each|it\sis|there|several|two|three|experiments?|results?)\s|(?-i:\w*[A-Z]))",
    re.IGNORECASE,
)
# What is found stands for itself: "These results show that tomatoes ripen".
_FINDING = re.compile(
    r"(?:this|these)\s(?:(?:\w+\s)?(?:results?|findings?|observations?|insights?|experiments?|evaluations?)\s)?(?:\w+ly\s)?"
    r"(?:show|demonstrate|indicate|suggest|reveal|confirm|imply|establish|prove|mean)s?\sthat\s(?!this|these|they|it|such)"
    r"(?![^.]*\band\sthat\s)",
    re.IGNORECASE,
)
# The end of a clause that points back may say something by itself: "To do so without their keepers, we …".
_TAIL = re.compile(
    r"\s(?=(?:without|while|under|across|within|for|in|on|at|during|among)\s(?:[\w-]+\s){1,}[\w-]+(?:,\s[\w-]+(?:\s[\w-]+)*)*,\s\Z)",
    re.IGNORECASE,
)
_GAP = re.compile(
    r"to\s(?:address|tackle|bridge|fill|close|overcome|solve|resolve|mitigate|alleviate|answer|meet)\sthe\s(?:\w+\s){0,1}"
    r"(?:gaps?|issues?|problems?|challenges?|questions?|limitations?|needs?),\s",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:this|these|those|such(?!\sas)|(?:the\s)?above|aforementioned)\b|\b(?:address|achieve|solve|do|on|by)\s(?:it|them|that|so)\b",
    re.IGNORECASE,
)
# An introductory clause made of these alone says nothing that the reader misses.
_EMPTY = frozenset(
    (
        "to by with using under given from in for through because of due as following guided beyond on driven"
        " motivated inspired building upon built based drawing despite at after response order toward towards"
        " when while light and this these those such that them it its their the above aforementioned a an all"
        " both two three four several many address addressing tackle overcome overcoming bridge bridging fill"
        " filling solve solving mitigate resolve close closing alleviate remedy counter handle answer meet"
        " achieve circumvent avoid investigate explore examine study understand support enable evaluate test"
        " do so better facilitate realize validate verify assess explain reduce issue issues challenge"
        " challenges gap gaps limitation limitations problem problems question questions need needs"
        " shortcoming shortcomings goal goals end aim purpose observation observations insight insights"
        " finding findings result results idea ideas analysis framework setting settings context approach"
        " approaches method methods work direction regard respect reason concerns concern difficulty"
        " difficulties bottleneck bottlenecks obstacle obstacles vulnerability vulnerabilities weaknesses"
        " drawback drawbacks deficiency weakness trade-off tradeoff tension phenomenon failure failures risk"
        " risks key critical important major main fundamental practical crucial core central pressing research"
        " open specific principle principles dilemma mismatch view perspective lens success formulation theory"
        " technique process hypothesis possibility scenario scenarios issue's knowledge foundation task tasks"
        " problem's aspects point"
    ).split()
)
_ADVERB = re.compile(
    rf"((?:we|this\s{_PAPER})\s)(?:also|further(?:more)?|then|thus|therefore|hence|additionally|finally|next|moreover"
    r"|consequently|accordingly|instead|lastly|subsequently|in addition)\s(?=\w)",
    re.IGNORECASE,
)
_SET_IN = re.compile(
    r"([^,.;:?!]{2,80}?),\s(?:however|therefore|thus|moreover|furthermore|in\sturn|nevertheless|nonetheless|consequently"
    r"|hence|meanwhile|by\scontrast|in\scontrast|also|for\sexample|for\sinstance),(?=\s)",
    re.IGNORECASE,
)
_LEANS = re.compile(
    rf"\W*(?:(?:this|these|those|such|that)\b(?!\s(?:{_PAPER}|is\sthe\sfirst|\w+['’]))"
    r"|(?:they|them|their|its|he|she|both|doing\sso|another|others?|(?:the|a)\s(?:former|latter|same|second|third|other|next|final"
    r"|above)|one\ssuch|not\sonly|similarly|likewise|none\sof|some\sof|all\sof|each\sof|either|neither|as\ssuch)\b"
    r"|it\b(?!\s(?:is|was|remains|has\sbeen|has\slong\sbeen|becomes)\s(?:\w+\s){1,4}(?:that|whether|how|to|if|why|for|what)\b)"
    rf"|(?:{_INTRODUCES}|where|which|whether|how|even|regardless|rather|only|most|many|some|all|each|one|none)\b"
    rf"[^,.;:?!]{{0,50}}?\b(?:this|these|those|them|such(?!\sas))\b(?!\s{_PAPER})"
    rf"|[^,.;:?!]{{3,60}},\s(?:this|these|such(?!\sas))\b(?!\s{_PAPER})"
    r"|(?:second|third|fourth|fifth|secondly|thirdly)\b,?"
    r"|(?:它们?|他们|这些?|该|此|其|前者|后者|上述)(?!论文|文|研究|工作|综述))",
    re.IGNORECASE,
)
_FEWEST_WORDS = 4
_MOST_OPENERS = 4
_WORD = re.compile(r"[\w'’-]+")
_PLAIN_WORD = re.compile(r"[a-z][a-z'’]*(?:-[a-z]+)*(?![\w$\\^_])")
_CHINESE_END = re.compile("[\u3400-\u9fff]")


def without_opener(text: str) -> str:
    """The text without the words by which it leans on what stood before it; see the rules above."""
    rest, missed = text, False
    for _ in range(_MOST_OPENERS):
        if mere := _mere(rest):
            rest = rest[mere:]
        elif pointing := _pointing(rest):
            pointing = _before_tail(rest[:pointing])
            missed = missed or _says_something(rest[:pointing])
            rest = rest[pointing:]
        else:
            break
    for leaning in (_ADVERB, _SET_IN):
        if match := leaning.match(rest):
            rest = match[1] + rest[match.end() :]
    if rest == text or (len(rest.split()) < _FEWEST_WORDS and not _CHINESE_END.search(rest)):
        return text
    return f"… {rest}" if missed else _capital(rest)


def leans(text: str) -> bool:
    """Whether the text begins with what points at something before it, which no trimming can mend."""
    return _LEANS.match(text) is not None


def _mere(text: str) -> int:
    """How long the connective, ordinal, heading or setting at the text's beginning is; 0 where there is none."""
    match = _FINDING.match(text) or _MERE.match(text)
    if not match:
        return 0
    counted_on = (
        match.re is _MERE
        and match["ordinal"]
        and match["ordinal"].lower() == "first"
        and re.search(r"[.;,]\s(?i:and\s)?(?i:second)", text)
    )
    return 0 if counted_on else match.end()


def _pointing(text: str) -> int:
    """How long the introductory clause is that points back at the text's beginning; 0 where there is none."""
    if gap := _GAP.match(text):
        return gap.end()
    match = _POINTING.match(text)
    return match.end() if match and _POINTS.search(match[0]) else 0


def _before_tail(opener: str) -> int:
    """How much of a clause that points back goes: a circumstance at its end that points at nothing stays."""
    pointing = max(match.end() for match in _POINTS.finditer(opener)) if _POINTS.search(opener) else 0
    tail = _TAIL.search(opener, pointing)
    return tail.end() if tail else len(opener)


def _says_something(opener: str) -> bool:
    return any(word.lower() not in _EMPTY for word in _WORD.findall(opener))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:] if _PLAIN_WORD.match(text) else text
