"""What a paper does not name has no place in its summary; what it names may come in another form."""

import pytest

from newsletter.domain.answers.intrusions import has_foreign_address, has_foreign_tag, words_of
from newsletter.domain.papers import Paper, PaperId


def known(abstract="", title="Counting Tomatoes", **fields):
    return words_of(Paper(id=PaperId("sample:1"), title=title, abstract=abstract, **fields))


@pytest.mark.parametrize(
    "text",
    [
        "More at tomato-tips.shop.",
        "See bit.ly/3xYz for the code.",
        "Visit evil.example/buy today.",
        "Code: github.com/someone/else",
        "Join t.me/tomatoes",
        "Ask @tomato_tips on Telegram.",
        "Our Telegram channel has more.",
        "Write to WhatsApp +44 7700 900123.",
        "Mail sales@tomatoes.biz",
        "Contact us for a demo.",
        "Subscribe now for more tomatoes.",
        "Use promo code TOMATO.",
        "代码见 tomato.cn/code。",
        "添加微信 tomato123 获取代码。",
        "关注公众号「番茄」。",
        "扫码加入交流群。",
        "QQ群：123456789",
        "联系我们获取更多信息。",
        "电话13800138000。",
        "HTTPS://TOMATO.EXAMPLE/A",
    ],
)
def test_an_address_or_a_contact_is_noticed(text):
    assert has_foreign_address(text, known("We count tomatoes."))


@pytest.mark.parametrize(
    ("abstract", "text"),
    [
        (r"Code: \url{https://example.org/tomato}", "Code is at https://example.org/tomato."),
        ("Code: https://example.org/tomato", r"代码见\url{https://example.org/tomato}。"),
        (r"Code: https://github.com/foo/bar\_baz", "Code: https://github.com/foo/bar_baz"),
        ("Code: https://github.com/foo/bar_baz", r"Code: \url{github.com/foo/bar\_baz}"),
        ("Code: https://github.com/foo/bar", r"\href{https://github.com/foo/bar}{the code}"),
        ("Code is on github.com/Foo/Bar", "代码见https://github.com/foo/bar。"),
        ("Posts of Telegram and WeChat are read.", "读取Telegram和微信的帖子。"),
        ("We study @mentions on Twitter.", "It studies @mentions on Twitter."),
        ("", "Recall@10, pass@k and P@5 rise, e.g. by half, i.e. much, cf. Fig. 2, w.r.t. et al."),
        ("", "It edits config.json, main.py and torch.nn.Module."),
        ("", "It improves results.We show that it works.It is fast."),
        ("", "The v1.5 release of Node.js and version 2.0.1 differ."),
        ("", "关注长文本的研究；注意力关注局部。"),
        ("", "It joins us-east data and follows me-too posts."),
    ],
)
def test_what_the_paper_names_and_what_is_no_address_passes(abstract, text):
    assert not has_foreign_address(text, known(abstract))


@pytest.mark.parametrize(
    "text",
    ["It <b>counts</b> tomatoes.", "It counts.<br/>Fast.", "<p>It counts.", "</div>", '<a href="x">It</a>',
     "A &lt;b&gt; c",      "It&nbsp;counts", "<font color=red>It", "<item>It counts</item>",
     "<!-- hidden --> It counts", "<I>It</I> counts"],
)  # fmt: skip
def test_a_tag_as_text_is_noticed(text):
    assert has_foreign_tag(text, known("We count tomatoes."))


@pytest.mark.parametrize(
    ("abstract", "text"),
    [
        ("The tokens <think> and </think> mark it.", "用<think>和</think>标记。"),
        ("", "For $a<b$ and $c>d$ it holds."),
        ("", "Where a<b>c the order is kept."),
        ("", "The <EOS> token ends it, p < 0.05 and n > 3."),
        ("", "R&D; AT&T; Q&A."),
        ("", "A -> B <- C <= D"),
    ],
)
def test_tokens_and_mathematics_are_no_tags(abstract, text):
    assert not has_foreign_tag(text, known(abstract))


@pytest.mark.parametrize(
    ("contact", "names"),
    [
        ("微信", "wechat weixin"), ("V信", "wechat"), ("公众号", "wechat officialaccount"), ("电报", "telegram"),
        ("电报群", "telegram"), ("微博", "weibo microblog"), ("抖音", "tiktok douyin"), ("知乎", "zhihu"),
        ("小红书", "xiaohongshu rednote"), ("客服", "customer helpdesk service"),
    ],
)  # fmt: skip
def test_a_service_may_be_named_in_chinese_where_the_paper_names_it_in_english(contact, names):
    assert has_foreign_address(f"读取{contact}。", known("We read posts."))
    assert not has_foreign_address(f"读取{contact}。", known(f"我们读取{contact}。"))
    for name in names.split():
        assert not has_foreign_address(f"读取{contact}。", known(f"We read {name} posts.")), name


def test_title_abstract_comment_and_links_are_the_papers_own_and_stand_apart():
    paper = Paper(
        id=PaperId("sample:1"),
        title="See a.example",
        abstract="b.example is",
        comment="c.example",
        links={"d": "d.example"},
    )
    assert not any(has_foreign_address(f"At {letter}.example/", words_of(paper)) for letter in "abcd")
    assert words_of(paper) == "seea.exampleb.exampleisc.exampled.example"


@pytest.mark.parametrize(
    "text", ["a@tomato.example", "See etc@a.vs", "See tomato.cn/a.py", "See x.ai/main.py", "See https://a.py"]
)
def test_a_name_with_an_at_or_a_slash_is_an_address_whatever_it_ends_with(text):
    assert has_foreign_address(text, known("We count."))


@pytest.mark.parametrize(
    "text", ["See etc.", "See smith.et.al", "See main.py", "See u.s.a", "See e.g", "@1", "a@b", "@ab", "@@abcd"]
)
def test_abbreviations_and_files_are_none(text):
    assert not has_foreign_address(text, known("We count."))


def test_a_handle_has_three_letters_at_least():
    assert has_foreign_address("Ask @abc now", known("We count."))
    assert has_foreign_address("@tomatoes", known("We count."))


def test_of_a_very_long_text_the_beginning_is_looked_through():
    assert has_foreign_address(" " * 19_994 + "tom.me" + " " * 10, known("We count."))
    assert not has_foreign_address(" " * 19_995 + "tom.me" + " " * 10, known("We count."))
    assert has_foreign_tag(" " * 19_996 + "<br>", known("We count."))
    assert not has_foreign_tag(" " * 19_997 + "<br>", known("We count."))


@pytest.mark.parametrize(
    ("text", "is_tag"),
    [
        ("no tag at all", False), ("a < b & c > d", False), ("It <br>", True), ("It <hr/>", True), ("It <x/>", True),
        ("It <x>", False),
        ("It <x y=1>", True), ("It <x>y</x>", True), ("It </x>", True),
        ("It <a> is", True), ("It <wbr> is", True), ("It <em>", True), ("a<em>", True),
        ("a<b>c", False),
        ("a <b>c", True), ("It <EM>", True), ("It &#160; is", True), ("It &#xa0; is", True), ("$a <br> b$", False),
    ],
)  # fmt: skip
def test_a_tag_is_what_html_knows_or_what_is_closed_or_has_attributes(text, is_tag):
    assert has_foreign_tag(text, known("We count.")) == is_tag


def test_two_links_of_a_paper_stand_apart():
    paper = Paper(id=PaperId("sample:1"), title="T", links={"a": "a.example", "b": "b.example"})
    assert words_of(paper) == "ta.exampleb.example"


def test_a_contact_is_told_without_the_number_behind_it():
    assert not has_foreign_address("QQ群：123456789", known("我们有QQ群。"))


def test_of_a_text_with_mathematics_the_words_on_both_sides_are_looked_at():
    assert has_foreign_tag("It $x$ <br> is", known("We count."))
    assert has_foreign_tag("<br> $x$ is", known("We count."))
