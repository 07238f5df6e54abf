"""How a sentence of a model begins that is no content, as patterns: failures, refusals, apologies, words to its user.

Each stands by itself, so that one can be added or taken away; `model_talk` says how they are used. Repetitions
are bounded, and an alternative begins with a word of its own. The module is one list, which is why it is long.
"""

from __future__ import annotations

import re

__all__ = ["ERROR", "NO_TITLE", "TALK"]

ERROR = re.compile(
    r"(?:[\w ]{0,40}\b(?:generation|analysis|extraction|translation|summari[sz]ation|request|processing|parsing"
    r"|response|connection|authentication|service|server|api|model) (?:has |is |was |currently |temporarily |timed? )*"
    r"(?:failed|unavailable|error|unsuccessful|refused|reset|denied|overloaded|aborted|out|timeout)"
    r"(?:[,:;.]? (?:due to|because|with|after|please|try)\b.{0,120})?"
    r"|(?:an |a )?(?:unknown |internal |unexpected |server |api |http |network |fatal |runtime |value )*"
    r"(?:error|exception)(?: (?:code )?\d{3}\b.{0,120})?(?: (?:has )?(?:occurred|happened|was encountered|while"
    r"|during|in|when).{0,120}"
    r"| (?:generating|processing|creating|fetching|translating|summari[sz]ing|parsing|loading|reading|retrieving"
    r"|calling|connecting)\b.{0,80})?"
    r"|(?:error|exception|failed|failure|fatal|错误|失败|异常|报错)\s*[:：].{0,400}"
    r"|(?:something|anything) went wrong.{0,100}|oops.{0,100}"
    r"|failed to (?:generate|translate|summari[sz]e|parse|extract|process|fetch).{0,200}"
    r"|\W{0,2}(?:n/?a|none|null|nil|nan|undefined|unknown|empty|tbd|todo|placeholder|string|text|lorem ipsum.*"
    r"|(?:your |insert |add |the )*(?:summary|translation|abstract|text|content) (?:goes )?here|\.{2,}|-+|…+)\W{0,2}"
    r"|(?:not |un)(?:available|applicable|specified|provided|mentioned|stated|reported|disclosed|known|given)"
    r"(?: in (?:the|this) (?:provided |given )?(?:abstract|paper|text|title))?"
    r"|(?:no (?:summary|abstract|content|information|result|text|translation|answer|response)s?|nothing)(?: (?:is "
    r"|was |are "
    r"|were )?(?:available|provided|found|given|returned|generated)(?: .{0,40})?)?"
    r"|(?:the |a )?(?:summary|abstract|translation|content|tl;?dr|answer|response|paper|text) (?:is "
    r"|was )?(?:currently |temporarily )?"
    r"(?:not (?:yet )?|un)(?:available|found|provided|generated|accessible)(?:[,:;.]? (?:due to|because|for|in|at"
    r"|with)\b.{0,120})?"
    r"|see (?:the )?(?:abstract|paper|title|above)|traceback \(most recent call last\).*"
    r"|(?:rate limit|quota)s? ?(?:(?:exceeded|reached).{0,200})?|timed? ?out|too many requests"
    r"|invalid (?:api key|request|response|json|input|token).{0,100}|(?:access|permission) denied.{0,60}"
    r"|(?:internal server error|bad gateway|bad request|service unavailable|gateway time-?out|unauthori[sz]ed).{0,100}"
    r"|(?:摘要|总结|概括|翻译|生成|请求|处理|解析|提取|分析|调用|接口|服务|模型|系统|网络|服务器|连接)\w{0,8}"
    r"(?:失败|出错|错误|不可用|超时|异常|繁忙)(?:[，,：:；;。].{0,60})?|发生(?:了)?(?:未知)?错误.{0,60}"
    r"|出错了.{0,60}|出现(?:错误|异常).{0,60}"
    r"|暂无\w{0,6}|暂时(?:无法|不能)\w{0,12}|无|未知|空|未提供|未提及|未说明|不适用|不详|(?:原文|摘要|文中"
    r"|论文)(?:中)?(?:并)?(?:未|没有)"
    r"(?:明确)?(?:提供|提及|说明|给出|涉及|报告|提到)\w{0,8}|(?:详)?见(?:摘要|原文|论文)|此处(?:填写|填入"
    r"|插入)?\w{0,6}(?:摘要|总结|内容))"
    r"[\s.!。！…]*",
    re.IGNORECASE | re.DOTALL,
)

_DO = (
    r"(?:generat|creat|produc|provid|writ|summari[sz]|translat|analy[sz]|extract|access|process|complet|fulfil|help"
    r"|assist"
    r"|compl(?:y|ied)|determin|identif|retriev|read|open|load|pars|answer|respond|find|found|giv|offer|evaluat"
    r"|assess|rat(?:e|ing)"
    r"|view|see\b|seen|locat|obtain|fetch|draft|compos|deliver|perform|proceed|continu|support|discuss|engag|share"
    r"|honou?r|return)\w*"
)
_IT = (
    r"\b(?:summar(?:y|ies|i[sz]ation)|abstract|translation|paper|article|document|texts?|content|request|response"
    r"|answer"
    r"|information|details|context|input|analysis|review|overview|description|pdf|link|url|file|page|full[- ]text|query"
    r"|prompt|output|tl;?dr|rating|that|this|it|you)\b"
)
_WORK = (
    r"(?:summary|summari[sz]ation|translation|response|request|prompt|query|abstract|full[- ]?text|full paper|tl;?dr)"
)
_GIVEN = (
    r"(?:(?:provided|supplied|submitted|attached|above|given|available|input|received|shared|quoted)\s(?:\w+\s){0,2}?"
    r"(?:text|abstract|content|information|document|excerpt|passage|paper|article|material|title|details|context|input"
    r"|description|snippet)s?|(?:text|abstract|content|information|document|excerpt|passage|paper|article|material"
    r"|title|details"
    r"|context|input|description|snippet)s? (?:that (?:was|were|is) |you )?(?:provided|supplied|submitted|attached"
    r"|given|shared))"
)
_NOT = (
    r"(?:does not|doesn't|do not|don't|did not|didn't|cannot|can't|could not|is not|isn't|are not|aren't|was not"
    r"|were not)"
)
_CANNOT = (
    r"(?:could ?n[o']t|could not|can ?not|can't|unable to|not able to|failed to|(?:it (?:is|was) )?(?:im"
    r"|not )possible to"
    r"|declin(?:e|ed|ing) to|refus(?:e|ed|ing) to|(?:was|were|am|are|is)(?: not|n't) able to)"
)
_LEAD = (
    r"\W{0,4}(?:(?:unfortunately|however|regrettably|sadly|note(?: that)?|please note(?: that)?|hello|hi|hey"
    r"|thank you|thanks"
    r"|also|but|and|so|well|therefore|as such|at this time|currently)\b[,!.:—-]*\s*"
    r"|(?:since|because|as|given|due to|owing to|based on|without)\b.{3,80}?,\s*|(?:it|this) (?:seems|appears"
    r"|looks)(?: like| that| as (?:if|though))?,? "
    r"|(?:由于|因为|因|鉴于)[^。，]{0,20}(?:提供|摘要|全文|信息不足|内容不足|上下文不足|资料不足|文本不足|缺少"
    r"|输入)[^。，]{0,12}[，,]"
    r"|(?:summary|tl;?dr|translation|abstract|摘要|总结|概括|翻译|说明|注|提示)\s*[:：]\s*)?"
)
_ENGLISH = (
    # the model of itself
    (
        r"i(?:'m| am)(?: \w+)? (?:sorry|afraid|unable|not able|an? (?:ai|artificial|language|large)|here to|happy to"
        r"|ready to)\b"
    ),
    (
        r"i(?:'m| am)? (?:\w+ly )?(?:can ?not|can't|could not|couldn't|will not|won't|would not|do not|don't|did not"
        r"|didn't|have no|haven't"
        r"|have not|need|require|would need|must decline|apologi[sz]e|regret|refuse|decline|only have|only see|see only"
        r"|hope this"
        r"|was(?: not|n't)? (?:able|unable|given|provided|asked)|have (?:been asked|summari[sz]ed|translated|written"
        r"|prepared))\b"
    ),
    r"(?:as|being) an? (?:\w+ ){0,3}(?:ai|language model|assistant|chatbot)(?: \w+){0,3}?,? i\b|as an ai,",
    (
        r"(?:my|our) (?:training|knowledge|guidelines|policy|policies|instructions|programming|apologies"
        r"|sincere apologies)\b"
    ),
    (
        r"we (?:apologi[sz]e|are sorry|regret to)\b|we (?:are|were) (?:unable|not able) to .{0,40}\b(?:summary|your"
        r"|translation)\b"
    ),
    (
        r"(?:please accept .{0,20})?(?:so |very |really |deeply )?(?:sorry\b(?:,|!|\.|\Z| but| for| i\b| about| that)"
        r"|apolog(?:ies|y)\b(?:[,.!]|\Z| (?:for|but|that|to|if)\b))"
    ),
    # inability without a subject, or of what was asked for
    (
        rf"{_CANNOT} (?:be )?(?:{_DO})(?:[.!]*\Z|\s*[:：]|\b[^,;:]{{0,100}}?{_IT}(?:[^,;:]{{0,80}}[.!]*\Z"
        rf"|[^,;:]{{0,60}}[,;:]? (?:because|as|since|due|without|please|for)\b))"
    ),
    (
        rf"(?:(?:the|this|your|that|a|an|no|any|requested) )?(?:\w+ ){{0,2}}?{_WORK}s? (?:(?:of|for|to) (?:the|this"
        rf"|your) (?:paper|article|abstract|text) "
        r"|here |itself )?(?:could not|couldn't|cannot|can't|was not|wasn't|is not|isn't|has not|hasn't|were not"
        r"|will not) (?:be |yet |been )*"
        r"(?:generated|created|produced|provided|written|completed|fulfilled|processed|summari[sz]ed|translated"
        r"|accessed"
        r"|retrieved"
        r"|answered|parsed|loaded|found|available|determined|returned|honou?red|possible|included|supplied"
        r"|accessible)\b(?! (?:by|from|using|with)\b)"
    ),
    (
        r"(?:the|this|your) (?:request|prompt|query|input|content)s? (?:was|has been|is|were|have been) (?:denied"
        r"|rejected|refused|blocked"
        r"|declined|flagged|filtered|invalid|empty|incomplete|unclear)"
    ),
    rf"no {_WORK}s? (?:could|can|was|were|is|has been|had been)\b",
    (
        rf"(?:the |your |an? |this )?(?:{_WORK}|paper|document|message|title|input)s? (?:(?:is|are|was|has been|got"
        rf"|to be|appears?|seems?)\b ?)+"
        r"(?:missing|empty|blank|cut off|truncated|incomplete|too short|unavailable|not (?:provided|included|given"
        r"|attached|available|present|there|accessible))"
    ),
    r"(?:the |your )?text (?:is|was|has been|got) (?:missing|empty|blank|cut off|truncated|incomplete)[.!]*\Z",
    (
        r"(?:\w+ ){0,3}?(?:information|details?|results?|content|this|it|findings|methods?|motivation)s? (?:is|are|was"
        r"|were) (?:not|un) ?(?:explicitly |clearly |further )?"
        r"(?:available|provided|specified|given|stated|mentioned|reported|disclosed|described|included"
        r"|present) (?:in|by"
        r"|from) (?:the|this) (?:provided |given |supplied |available )?"
        r"(?:abstract|text|excerpt|input|title|passage)[.!]*\Z"
    ),
    (
        r"you(?:'ve| have)? ?(?:haven't|have not|did not|didn't|not|only) ?(?:provided?|include[ds]?|attach(?:ed)?"
        r"|shared?|gave|given?|sent)\b"
    ),
    (
        r"(?:the |this )?(?:model|system|assistant|service|server|tool|api|ai|llm) (?:was unable to|is unable to"
        r"|could not|cannot|can't|failed to|did not) "
        r"(?:process|complete|generate|fulfil\w*|handle|produce|return|answer|summari[sz]e|access) (?:this|the|your|a"
        r"|any) (?:request|document|summary|input|query|prompt|paper|abstract|response|answer)\b"
    ),
    # too little to work with
    (
        r"(?:there (?:is|was|are|were)(?: simply| just)? )?(?:not (?:enough|sufficient|adequate)|insufficient"
        r"|inadequate"
        r"|no|too little|lack of"
        r"|limited|missing) (?:\w+ ){0,2}?(?:information|context|details?|content|text|input|material"
        r"|abstract)\b(?: (?:is|was|are|were|has been))?(?: (?:provided|available|given|supplied|present))?"
        rf"(?: to (?:determine|state|assess|describe|identify|infer|conclude|judge|say|tell)\b| to (?:summari[sz]e"
        rf"|translate|answer|respond|(?:{_DO}) (?:\w+ ){{0,4}}?{_IT})|[.!]*\Z"
        r"| (?:in|from|for|about) (?:the|a|this|any) (?:\w+ )?(?:abstract|text|input|excerpt|prompt|paper|summary"
        r"|translation|title)\b(?! (?:of|and|length|gener)))"
    ),
    (
        rf"(?:the |this |your |all )?{_GIVEN} (?:(?:\w+ly|also|alone|still|itself|here) )?(?:{_NOT}|is too|are too"
        rf"|is empty|is incomplete|is insufficient"
        r"|are insufficient|is missing|lacks?|only|appears to|seems to|has no|contains? (?:no|only)|provides? (?:no"
        r"|only)|includes? (?:no|only))\b"
    ),
    (
        rf"(?:based (?:only |solely )?on|from|according to|judging by) (?:the |this |your )?{_GIVEN}(?: alone)?, "
        r"(?:no\b|nothing\b|there (?:is|are) no\b|it (?:is|was) (?:not|un))"
    ),
    (
        r"(?:the |this |your |my )?(?:output|response|answer|reply|generation) (?:was|has been|got) (?:truncated"
        r"|cut off|cut short)(?:[.!]*\Z|,? (?:due to|because|as|since|at|by|after) (?:of )?(?:the |its |a )?"
        r"(?:\w+ ){0,2}?(?:length|tokens?|limit|context|maximum|size|budget)\b)"
    ),
    (
        rf"(?:the|this) (?:abstract|excerpt|title|text|paper|article|document|information|snippet) (?:alone )?(?:{_NOT}"
        rf"|lacks?|has|contains?|provides?|offers?)"
        r" (?:\w+ ){0,2}?(?:enough|sufficient|adequate|insufficient|too little|the necessary"
        r"|any) (?:\w+ ){0,3}?(?:information|details?|context|content|data)\b"
    ),
    (
        r"(?:the|this) (?:abstract|excerpt|snippet)s? (?:(?:do|does|did) not|doesn't|didn't) (?:\w+ly )?(?:specify"
        r"|mention|state|describe|report|disclose"
        r"|say|give|provide|explain|contain|include|address|indicate|elaborate|detail|offer|present)\b"
    ),
    (
        rf"(?:without|in the absence of) (?:access to |more |further |additional |the )+(?:\w+ ){{0,2}}?(?:paper|text"
        rf"|abstract|information|context|details|content)\b.{{0,60}}"
        rf"(?:{_CANNOT}|i\b|no summary|not possible)"
    ),
    # rules of its maker
    (
        r"(?:this|that|the|your) (?:\w+ )?(?:content|request|topic|paper|prompt|question|text"
        r"|material) (?:\w+ )?(?:violates?|goes against|conflicts? with"
        r"|breach(?:es)?|is (?:against|prohibited|not (?:allowed|permitted|appropriate)))\b.{0,40}(?:polic|guideline"
        r"|terms|rules|\Z)"
    ),
    (
        r".{0,60}\b(?:against|under|violat\w+|due to) (?:my|our|openai'?s|the) (?:content |usage |safety )*(?:polic(?:y"
        r"|ies)|guidelines|programming)\b"
    ),
    # to its user
    (
        r"please (?:provide|share|supply|paste|upload|send|submit|attach|give|enter|specify|try|check|retry|contact"
        r"|let me|refer to|consult|see the|note that i"
        r"|ensure|confirm|clarify|rephrase|find|visit)\b"
    ),
    (
        r"(?:let me know|feel free|would you like|do you want|if you (?:would like|need|want|have (?:any|more|further)"
        r"|can|could|provide|share)|can you (?:please )?(?:provide|share)"
        r"|could you (?:please )?|you can (?:find|read|access|visit)|happy to help|glad to help|hope this helps"
        r"|is there anything|how can i)\b"
    ),
    # before its answer
    (
        r"(?:(?:sure|certainly|of course|absolutely|okay|ok|alright|great|yes|no problem|definitely|understood"
        r"|got it)(?: thing)?[,!.: ]+\s*)?"
        r"(?:here(?:'s| is| are) (?:[\w;'-]+ ){0,5}?(?:summar\w+|translations?|tl;?dr|synopsis|rewrite|answers?|json"
        r"|response|output|overview|abstract|highlights|keywords|ratings?|(?:key|main) points|what)\b"
        r"|here you (?:go|are)\b|here comes\b|(?:please )?find below|below (?:is|are) (?:the|a|an|my|your"
        r"|some)\b|below (?:you'll|you will)\b"
        r"|(?:the following|what follows|below|this) (?:is|are) (?:the|a|an|my|your)? ?(?:\w+[ -]){0,4}?(?:summary"
        r"|translation|tl;?dr|synopsis|rewrite|answer|json)\b)"
    ),
    (
        r"(?:sure|certainly|absolutely|of course|no problem|understood|got it|definitely|sounds good)(?: thing)?!"
        r"|(?:sure|certainly|of course|absolutely|okay|ok|alright),? (?:i|here|below|the following|let)\b"
        r"|(?:certainly|of course|absolutely|okay|ok|alright), (?:the|this) (?:paper|work|study|article"
        r"|authors?|abstract)\b"
        r"|sure[,.] "
    ),
    (
        r"(?:the |a )?(?:\w+ )?(?:summary|translation|tl;?dr)(?: of (?:the|this) (?:paper|abstract|article"
        r"|text))? (?:is"
        r"|reads|follows|would be)(?: as follows)?\s*:"
    ),
)
_CHINESE_DO = (
    r"(?:生成|提供|完成|总结|概括|翻译|回答|处理|访问|获取|查看|阅读|打开|给出|撰写|确定|判断|满足|执行|协助|帮助"
    r"|继续|归纳|提取|分析|解析|读取|讨论|评价|评分|识别|回应"
    r"|响应|输出|得出)"
)
_CHINESE_IT = (
    r"(?:摘要|总结|概括|翻译|译文|内容|请求|要求|回答|回复|论文|文章|全文|信息|答案|链接|文件|文本|原文|问题|任务"
    r"|标题|网页|服务|您|你|该|此|这)"
)
_CHINESE = (
    (
        r"(?:非常|十分|很|实在|真|万分|深表)?(?:抱歉|对不起|不好意思|遗憾的?是?|歉意)[，,。！!：:]|(?:非常|十分|很|深感"
        r"|深表)(?:抱歉|遗憾|歉意)|(?:抱歉|对不起)(?:我|，|,|。|\Z)"
    ),
    (
        rf"(?:我|本模型|本助手|本系统|系统|模型|助手|AI)?(?:目前|暂时|现在|确实|还)?(?:无法|不能|未能|没能|没有办法"
        rf"|不便|拒绝|不可以|没法)(?:直接|为您|为你|在此|准确|继续|对其"
        rf"|对此)*{_CHINESE_DO}(?!的)"
        rf"(?:[。！!]*\Z|[^，,。；]{{0,24}}?{_CHINESE_IT}[^，,。；时了被将由]{{0,10}}(?:[。！!]*\Z|[，,；](?:因为|由于"
        rf"|请|因|如|建议)))"
    ),
    (
        r"我(?:无法|不能|没有办法|没有|只能|需要|不|是一(?:个|名|款)|作为|很|已|已经|将|会|可以|来|为您|为你|建议"
        r"|注意到|看到|的(?:训练|知识|能力))"
    ),
    (
        r"作为(?:一个|一名|一款)?(?:AI|人工智能|大?语言|大模型|智能)\w{0,6}(?:模型|助手|程序|系统)?[，,]|作为(?:AI"
        r"|人工智能)[，,]"
    ),
    (
        r"(?:根据|由于|因为|鉴于|基于|从)?(?:您|你|所|已|上述|上面|给定|输入|提交|目前|现有|当前|该|此"
        r"|以上)?(?:所)?(?:提供|给出|给定|输入|提交|上传|附上)的?(?:论文"
        r"|文章)?(?:的)?(?:文本|内容|摘要|信息|论文|材料|资料|上下文|文档|标题|片段|原文)"
        r"\w{0,6}?(?:没有|未|不足|不够|缺乏|缺少|过短|太短|为空|无法|不能|不包含|不含|不完整|有限|仅)"
    ),
    (
        r"(?:摘要|原文|文本|论文|所给材料|该文|该摘要|此摘要|标题)(?:中|里|内)?(?:并)?(?:没有|未|不|缺乏|缺少)(?:能"
        r"|包含|提供|给出|含有|具备)?\w{0,4}(?:足够|充分|充足|相关"
        r"|必要|详细|具体)的?\w{0,6}(?:信息|内容|细节|上下文|资料)"
    ),
    (
        r"(?:相关)?(?:信息|内容|上下文|资料|文本|摘要|材料|细节)(?:严重|过于)?(?:不足|不够|不充分|不完整|缺失|过少|太少"
        r"|有限|为空)(?:[，,]?(?:因此|故|所以|以至于|以致)?(?:无法"
        r"|不能|难以|不足以)|[。！]*\Z|以(?:生成|总结|概括|翻译|回答|得出|撰写))"
    ),
    r"(?:没有|缺乏|缺少|无)(?:足够|充分|充足)的?(?:信息|内容|上下文|资料|材料|细节)(?:来|以|可以|用于|进行|\Z|[，。])",
    (
        r"(?:该|此|本|您的|你的|这个|这一|您|你)?(?:请求|要求|提问|指令|问题)(?:无法|不能|未能|被拒绝|被驳回|违反"
        r"|不符合|涉嫌|已被)"
    ),
    (
        r"(?:该|此|本|这些|您的|您提供的)?(?:内容|请求|文本|话题|问题)\w{0,6}(?:违反|涉及敏感|不符合"
        r"|违背)\w{0,8}(?:政策|规定|准则|规范|内容)"
    ),
    (
        r"请(?:您|你)?(?:先|再|另|重新|稍后|直接|尝试|务必)*(?:提供|参阅|查看|参考|重试|再试|联系|输入|上传|补充|粘贴"
        r"|发送|告诉|告知|阅读|访问|检查|确认|说明|注意|关注|点击|随时|给出"
        r"|给我|指定|见)"
    ),
    (
        r"(?:根据|基于|按照)(?:您|你)(?:所)?(?:提供|给出|上传|输入)|(?:如果?|若|如有|倘若|如需)(?:您|你|需要|有|更多"
        r"|进一步)[^。]{0,30}(?:请|可以|我|告诉|联系|帮助|提供)"
        r"|(?:欢迎|随时)(?:提问|联系|咨询|告诉|告知)|希望(?:这|以上|对您|对你|能帮)|还有(?:什么|其他)"
    ),
    (
        r"(?:好的|当然|当然可以|没问题|可以|明白了?|收到|好|行|遵命|了解)[！!]|(?:好的|当然可以|没问题|收到"
        r"|遵命)[，,。]|(?:当然|明白了?|了解)[，,](?:以下|下面|我|这|本)"
    ),
    (
        r"(?:以下|下面|下述|如下)(?:是|为|便是|就是)?[^。，]{0,24}(?:摘要|总结|概括|概述|翻译|译文|回答|答案|内容|中文"
        r"|版本|要点)|这(?:里)?(?:是"
        r"|为)[^。，]{0,12}(?:的)?(?:摘要|总结|概括|翻译|译文)(?:[:：]|\Z|。)"
    ),
    (
        r"(?:本文|论文|文章|该文|中文)?(?:的)?(?:一句话)?(?:摘要|总结|概括|翻译|译文|内容|回答|概述)(?:内容)?(?:如下|为"
        r"|是)\s*[:：，。]"
    ),
)
TALK = re.compile(rf"{_LEAD}(?:{'|'.join(f'(?:{p})' for p in (*_ENGLISH, *_CHINESE))})", re.IGNORECASE)
# A title may begin with anything; that it could not be translated is said in so many words.
NO_TITLE = re.compile(
    rf"(?:.{{0,40}}\b(?:{_CANNOT}) (?:be )?(?:translat|provid|generat)\w*\b.{{0,40}}(?:title|translation|request)"
    r"|.{0,20}(?:无法|不能|未能)(?:提供|生成|翻译|完成).{0,10}(?:标题|翻译|译文|请求|内容)|(?:以下|下面)(?:是"
    r"|为).{0,12}(?:标题|翻译|译文)|标题(?:的)?(?:翻译"
    r"|译文)?(?:如下|为|是)\s*[:：])",
    re.IGNORECASE,
)
