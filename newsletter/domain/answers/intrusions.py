r"""What stands in a summary and not in its paper, and nobody puts there who tells of it: addresses, contacts, tags.

- an address, with a scheme or without (`evil.example/buy`, `t.me/tips`), and one of mail;
- a handle (`@tips`), a contact (Telegram, 微信, a telephone number), an invitation (`Follow us`, `扫码关注`);
- a tag or an entity of HTML or XML as text (`<b>`, `</div>`, `&nbsp;`).

Whatever the paper has itself is none: `\url{https://example.org}`, `bar\_baz`, the tokens `<think>` that it is about.
`Recall@10`, `e.g.`, `a < b > c` and `results.We` are no such things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.domain.papers import Paper
from newsletter.domain.text import segments

__all__ = ["has_foreign_address", "has_foreign_tag", "words_of"]

_LONGEST = 20_000
_ADDRESS = re.compile(
    r"(?:https?://|\bwww\.|\bftp://|\bmailto:|\btel:)[!-;=?-z|~]+"
    r"|[a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,12}\b"
    # without a scheme: labels with a dot between, in small letters at the end as nobody writes at the end of a sentence
    r"|(?<![\w@./-])(?:[a-z0-9-]{1,40}\.){1,5}(?-i:[a-z]{2,12}|[A-Z]{2,12})(?![\w.-]?\w)(?:/[!-;=?-z|~]*)?",
    re.IGNORECASE | re.ASCII,
)
_ABBREVIATION = re.compile(r"(?:[a-z]{1,2}\.)+[a-z]{1,4}\Z|.*\.(?:al|eg|ie|etc|vs|resp|approx)\Z", re.IGNORECASE)
_FILE = re.compile(
    r".*\.(?:py|js|ts|json|jsonl|csv|tsv|txt|md|pdf|tex|cpp|hpp|yaml|yml|toml|xml|html|css|java|rs|jl|ipynb|onnx|pt"
    r"|bin|exe|dll"
    r"|zip|png|jpe?g|svg|mp[34]|wav|parquet|sql|lean|thy|nn|cuda|net|js)\Z",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.@])@(?=\w*[A-Za-z])[A-Za-z_]\w{2,40}(?![\w@])", re.ASCII)
_CONTACT = re.compile(
    r"\b(?:telegram|whats ?app|we ?chat|discord|instagram|facebook|tiktok|youtube|twitter|linkedin|patreon|skype"
    r"|viber|line id"
    r"|slack|reddit|weibo|substack)\b|微信|公众号|电报群?|微博|抖音|小红书|知乎|飞书群|钉钉群|QQ\s*(?:群|号"
    r"|[:：]\s*\d)|[Vv]信|加群|客服",
    re.IGNORECASE,
)
_SAME_CONTACT = {
    "微信": ("wechat", "weixin"), "v信": ("wechat",), "公众号": ("wechat", "officialaccount"), "电报": ("telegram",),
    "电报群": ("telegram",), "微博": ("weibo", "microblog"), "抖音": ("tiktok", "douyin"), "知乎": ("zhihu",),
    "小红书": ("xiaohongshu", "rednote"), "客服": ("customer", "helpdesk", "service"),
}  # fmt: skip
_INVITATION = re.compile(
    r"\b(?:follow|contact|dm|message|e-?mail|call|text|join|visit|find|add|ping|reach|support|sponsor) (?:us|me|our"
    r"|my)\b"
    r"|\b(?:buy|order|click|sign up|subscribe|register|download|shop|apply|donate|book) (?:now|here|today|at|below"
    r"|via|on our)\b"
    r"|\b(?:subscribe|subscribing) to (?:us|me|our|my|the (?:channel|newsletter))\b|\b(?:promo|discount|coupon"
    r"|referral) code\b"
    r"|\bfor (?:more (?:information|details)|enquiries|inquiries),? (?:visit|contact|see|e-?mail|call|go to)\b"
    r"|(?:关注|联系|添加|订阅|加入|咨询|私信|扫描|扫)(?:我们?|作者|客服|本号|二维码|微信|频道|公众号|群)|扫码"
    r"|二维码|(?:点击|访问)(?:链接|此处|这里|下方|网站|官网)"
    r"|立即(?:购买|订阅|注册|下载|咨询|加入|领取)|优惠码|折扣码|邀请码",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(r"(?<![\w.])\+\d{1,3}[\s()-]{0,2}\d(?:[\s()-]?\d){6,12}(?!\w)|(?<!\d)1[3-9]\d{9}(?!\d)")
_TAG = re.compile(
    r"</?(?P<name>[a-z][a-z0-9:_-]{0,30})(?:\s+[a-z_:][\w:.-]{0,30}\s*=\s*(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'"
    r"|[^\s\"'<>]{1,300}))*\s*/?>"
    r"|<!--|<!\[CDATA\[|<!doctype\b|&(?:lt|gt|amp|nbsp|quot|apos|[lr]dquo|[lr]squo|hellip|mdash|ndash|#\d{2,6}"
    r"|#x[0-9a-f]{2,6});",
    re.IGNORECASE,
)
_HTML = frozenset(
    (
        "a abbr address article aside audio b base big blockquote body br button canvas center cite code col "
        "dd del details dfn div dl dt em embed fieldset figure font footer form frame h1 h2 h3 h4 h5 h6 head "
        "header hr html i iframe img input ins kbd label li link main mark meta nav object ol option p param "
        "pre q s samp script section select small span strike strong style sub summary sup svg table tbody td "
        "template textarea tfoot th thead title tr tt u ul var video wbr"
    ).split()
)
_ESCAPE = re.compile(r"\\(?:url|href|texttt|path|nolinkurl)\s*|\\(?=[_%&#~{}$^-])|[{}\s`]")


def words_of(paper: Paper) -> str:
    """All that a summary of the paper may repeat, in small letters and without TeX's escapes or white space."""
    return _bare(f"{paper.title} {paper.abstract} {paper.comment} {' '.join(paper.links.values())}")


def _bare(text: str) -> str:
    return _ESCAPE.sub("", text).lower()


def has_foreign_address(text: str, known: str) -> bool:
    """Whether the text has an address, contact or invitation that is not among the `words_of` its paper."""
    text = text[:_LONGEST]
    return any(not any(form in known for form in forms) for forms in _ways_to_reach(text))


def _ways_to_reach(text: str) -> Iterator[tuple[str, ...]]:
    """Each address, contact and invitation of a text, in the forms in which its paper may have it."""
    plain = text.replace("\\", "")
    for match in _ADDRESS.finditer(plain):
        bare = re.sub(r"\A(?:https?://|ftp://|mailto:|tel:)?(?:www\.)?", "", match[0].lower()).rstrip("/.,;:)]}'\"")
        if (
            "://" in match[0]
            or "@" in bare
            or not (_ABBREVIATION.match(bare) or ("/" not in bare and _FILE.match(bare)))
        ):
            yield (_bare(bare),)
    for pattern in (_HANDLE, _INVITATION, _TELEPHONE):
        yield from ((_bare(match[0]),) for match in pattern.finditer(text))
    for match in _CONTACT.finditer(text):
        contact = _bare(match[0]).rstrip(":：0123456789")
        yield (contact, *_SAME_CONTACT.get(contact, ()))


def has_foreign_tag(text: str, known: str) -> bool:
    """Whether the text has a tag or an entity as text that is not among the `words_of` its paper."""
    if "<" not in text and "&" not in text:
        return False
    prose = " ".join(part for is_math, part in segments(text[:_LONGEST]) if not is_math)
    return any(_names_tag(match, prose) and _bare(match[0]) not in known for match in _TAG.finditer(prose))


def _names_tag(match: re.Match[str], text: str) -> bool:
    """Not `a<b>c`, nor `<EOS>`: a name that HTML does not know is a tag where it is closed or has attributes."""
    name = (match["name"] or "").lower()
    if not name or "=" in match[0] or match[0].endswith("/>"):
        return True
    if len(name) > 1 and name in _HTML:
        return True
    is_closed = f"</{name}" in text.lower()
    return is_closed or (name in _HTML and not text[: match.start()][-1:].isalnum())
