"""What gives orders to a model, and what says that it followed some, as patterns; used by `model_talk`."""

from __future__ import annotations

import re

__all__ = ["OBEYED", "OBEYS", "ORDER", "PLAIN_ORDER"]

_RULES = (
    r"(?:instruction|prompt|rule|guideline|direction|command|message|context|constraint|directive|order|policies)s?"
)
_MODEL = (
    r"(?:ai|llm|gpt|chatgpt|claude|gemini|language model|assistant|reviewer|summari[sz]er|model|system|bot|agent)s?"
)
_BEST = r"(?:\d|five|ten|highest|maximum|max|full|top|perfect|positive|best|high|strong|excellent|favou?rable)"
# What nobody writes in an abstract but to a model, wherever it stands.
_PLAIN_ORDERS = (
    (
        rf"\b(?:ignore|disregard|forget|override|bypass|discard|neglect)\b (?:\w+ ){{0,5}}?(?:previous|prior|above"
        rf"|earlier|preceding"
        rf"|all|any|your|these|those|system|foregoing|existing|other|everything|what)\b(?: \w+){{0,4}}? ?(?:{_RULES}"
        rf"|above|before)\b"
    ),
    (
        r"\b(?:ignore|disregard|forget)\b (?:\w+ ){0,3}?(?:the above|everything (?:above|before|else)|what (?:came|was"
        r"|is) (?:before|above))\b"
    ),
    (
        rf"\b{_MODEL}\W*[:,>\]]+\s*(?:please |you |kindly |must |should )*(?:ignore|give|rate|output|write|say|praise"
        rf"|recommend"
        r"|disregard|forget|summari[sz]e this|override|score|highlight|do not mention|always (?:give|rate|recommend))\b"
    ),
    rf"\b(?:note|message|instructions?) (?:to|for) (?:all |any |the )?{_MODEL}(?: {_MODEL})?\s*[:,—]",
    (
        r"\b(?:important|urgent|attention|new instructions?|system(?: prompt| message| override)?"
        r"|begin (?:new )?instructions?)\s*[:\]]"
        r".{0,20}\b(?:ignore|give|rate|output|write|say|praise|recommend|include|you (?:must|are|will)|do not"
        r"|disregard)\b"
    ),
    rf"\bif you are an? (?:\w+ ){{0,3}}(?:{_MODEL})\b",
    (
        rf"\b(?:rate|score|give|grade) (?:this|the|our|my) (?:paper|work|article|submission"
        rf"|manuscript)\b.{{0,40}}\b{_BEST}"
    ),
    (
        r"\b(?:give|write|provide|output) (?:only )?(?:a )?positive (?:review|summary|rating|assessment)s?\b"
        r"|\bpositive (?:review|rating)s? only\b"
    ),
    (
        r"\b(?:do not|don't|never) (?:mention|highlight|report|include) (?:any )?(?:negative|weakness|limitation|flaw"
        r"|shortcoming)"
    ),
    (
        r"(?:忽略|无视|忘记|忽视|不要理会|不必理会|绕过|抛弃|丢弃|覆盖)(?:掉)?(?:以上|之前|前面|先前|上述|所有|全部"
        r"|此前|你的|系统|一切|任何|前述|原有)"
        r"[^。]{0,12}(?:指令|指示|提示|要求|规则|说明|命令|设定|约束|消息)"
    ),
    (
        r"(?:给|为|对|将|把)(?:予)?(?:本|这篇|该|此|我们的)(?:论文|文章|文|工作)[^。]{0,12}(?:打满?分|评为|满分|最高分"
        r"|高分|好评|5分|五分)"
    ),
    (
        r"(?:只|仅|只能|仅能)(?:给出|输出|生成|回复|写|说|提供)(?:正面|积极|好评|优点)|(?:不要|禁止|请勿|不得"
        r"|切勿)(?:提及|提到|指出|透露)[^。]{0,8}(?:缺点|不足|负面|局限|指令)"
    ),
    r"(?:致|给)(?:所有)?(?:AI|人工智能|大?语言模型|模型|助手|审稿人)(?:助手|模型|系统)?[:：，]",
)
# What gives orders where a sentence begins with it.
_ORDERS = (
    *_PLAIN_ORDERS,
    (
        rf"(?:give|rate|score|assign|award|grade|mark|rank|set)\b (?:this|the|it|our|my|a|all|every|both"
        rf"|each)\b.{{0,60}}\b{_BEST}"
    ),
    r"(?:you are|you're|act as|pretend|respond as|behave as|you must|you should|you will|you have to|from now on)\b",
    (
        r"(?:output|print|reply|respond|answer|return|say|write|state|repeat|include|insert|append|add|mention"
        r"|emphasi[sz]e|praise|recommend|endorse|promote|conclude|tell)\b"
        r"(?: (?:only|exactly|with|that|the|this|a|an|our|to|your|it|in|as|everyone|readers?|users?|them))+\b.{0,80}"
        r"(?:paper|summary|work|following|text|words?|link|sentence|phrase|positive|excellent|best|visit|accept|\"|'"
        r"|“|:"
        r"|http|readers?)"
    ),
    (
        r"(?:do not|don't|never) (?:mention|highlight|reveal|disclose|include|report|criti\w+|summari[sz]e|translate"
        r"|follow|tell|say)\b"
    ),
    (
        r"(?:请|必须|务必)?(?:给|为|对|将|把)(?:予)?(?:本|这篇|该|此|我们的)(?:论文|文章|文|工作)[^。]{0,12}(?:打|评|给"
        r"|推荐)"
    ),
    r"(?:请|必须|务必)?(?:给出|输出|生成|回复|写|说|提供|强调|突出)[^。]{0,4}(?:正面|积极|好评|以下|满分|“|「)",
    r"(?:不要|禁止|请勿|不得|切勿)(?:提及|提到|指出|透露|说明|总结|翻译|批评|评论)",
    r"你(?:现在)?是(?:一个|一名)|你必须|你应该|你需要|从现在(?:起|开始)[，,]|假装",
)
_BEFORE_ORDER = (
    r"\W{0,6}(?:(?:please|kindly|now|and|also|then|instead|first|请|重要(?:提示)?|注意|系统|提示|指令)[:：,，]?\s*)?"
)
# Every one begins with one of these letters or in Chinese: to look at that first is four times as fast.
PLAIN_ORDER = re.compile(
    rf"(?:\b(?=[abcdfgilmnoprsuw])|(?=[\u4e00-\u9fff]))(?:{'|'.join(_PLAIN_ORDERS)})", re.IGNORECASE
)
ORDER = re.compile(rf"{_BEFORE_ORDER}(?:{'|'.join(_ORDERS)})", re.IGNORECASE)
OBEYS = re.compile(
    r"\W{0,4}(?:as (?:instructed|requested|directed|ordered|commanded|asked|told|demanded|required|you (?:asked"
    r"|requested|instructed)|per (?:the |your )?(?:instruction|request|order|prompt)s?)"
    r"(?:[.,;:!]|\Z| (?:by|in) (?:the|this|your|its) (?:abstract|paper|author|text|prompt|instruction|user|title)s?)"
    r"|(?:per|following|according to|in accordance with|in line with|obeying|complying with|based on|given) (?:the "
    r"|your |its |these )?(?:\w+ )?(?:instruction|request|order|command|prompt)s?(?:[.,;:!]|\Z| (?:in|of"
    r"|from) (?:the|this) (?:abstract|paper|text|title))"
    r"|(?:the )?(?:abstract|paper|text|title|authors?|prompt|instructions?) (?:instructs?|asks?|requests?|tells?"
    r"|orders?|demands?|requires?|says?) (?:me|us|the (?:model|reader|reviewer|summari[sz]er)|to (?:rate|give|score"
    r"|assign|ignore)|this rating|for (?:a|the) (?:\w+ )?(?:rating|score|mark)\b)"
    r"|(?:instructed|requested|told|ordered|asked) (?:by (?:the|its) (?:abstract|paper|authors?|text|prompt)"
    r"|to (?:give|rate|do so|assign|score))"
    r"|(?:按|按照|根据|遵照|依照|遵循|应|依据)(?:您|你|作者|论文|摘要|文|用户|上述|以上|提示|系统|其)?中?的?(?:指令"
    r"|指示|要求|提示|命令|吩咐|请求)(?:[，,。！：:]|\Z|给|评|打"
    r"|输出)"
    r"|(?:摘要|论文|作者|文中|指令|提示)(?:中)?(?:要求|指示|命令|让)(?:我|模型|给|评|打|忽略|输出))",
    re.IGNORECASE,
)

OBEYED = re.compile(
    r"\bas (?:instructed|requested|directed|ordered|commanded|told|demanded)(?:[.!]*\Z| (?:by|in) (?:the|this|its) "
    r"(?:abstract|paper|authors?|prompt|text|instructions?|title|input)\b)",
    re.IGNORECASE,
)
