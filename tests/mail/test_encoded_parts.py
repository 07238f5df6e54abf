"""The parts of a mail, encoded once and filled for each reader: the same octets as encoding the whole text."""

import binascii
import quopri
from dataclasses import replace

import pytest

from newsletter.domain.delivery import Form, MailPart, Placed, Region, SectionHeading, Slot, UntranslatedHeading
from newsletter.mail.encoded_parts import EncodedPart

PART = MailPart(
    frame=("Head ", Slot.EMAIL, "\n", Region.OUTLINE, Region.GREETING, Region.PAPERS, Region.MORE, "Foot\n", Slot.WEB),
    greeting=("Dear ", Slot.NAME, ",\n"),
    outline=(Slot.OUTLINE, "\n"),
    interests=("Interests: ", Slot.INTERESTS, "\n"),
    section=("# ", Slot.SECTION, " (", Slot.COUNT, ")\n"),
    cut_section=("# ", Slot.SECTION, " <", Slot.PAGE, ">\n", Slot.COUNT, "\n"),
    untranslated=("# In English\n",),
    papers={form: [(Slot.NUMBER, f". {form.name} of {n}\n", Region.WHY, "end\n") for n in range(60)] for form in Form},
    more=(Slot.MORE, "\n"),
    why=("by\n", Region.TERMS),
    also=("also ", Slot.TERMS, "\n"),
    term=("* ", Slot.TERM, Slot.COMMA, "\n"),
)  # fmt: skip
VALUES = dict.fromkeys(Slot, "") | {Slot.EMAIL: "a@x.example", Slot.WEB: "https://x.example/a?b=1&c=2"}


def around(part: EncodedPart, **values: str) -> tuple[str, str]:
    head, foot = part.around(VALUES | {Slot[name.upper()]: value for name, value in values.items()}, more=False)
    return quopri.decodestring(b"".join(head)).decode(), quopri.decodestring(b"".join(foot)).decode()


def body(part: EncodedPart, *items: SectionHeading | UntranslatedHeading | Placed, page: str = "") -> str:
    filled = b"".join(part.fill(part.body(items), VALUES | {Slot.PAGE: page}))
    return quopri.decodestring(filled).decode().replace("\r\n", "\n")


def test_only_the_html_part_escapes_what_is_put_in() -> None:
    text, html = EncodedPart(PART, escape=False), EncodedPart(PART, escape=True)
    assert around(text, name="A & <B>")[0] == "Head a@x.example\r\nDear A & <B>,\r\n"
    assert around(html, name="A & <B>\u00a0C")[0] == "Head a@x.example\r\nDear A &amp; &lt;B&gt;&nbsp;C,\r\n"
    assert around(html)[1] == "Foot\r\nhttps://x.example/a?b=1&amp;c=2\r\n"


def test_what_a_reader_has_no_value_for_leaves_no_line() -> None:
    part = EncodedPart(PART, escape=False)
    assert around(part)[0] == "Head a@x.example\r\n"
    assert around(part, outline="a 2")[0] == "Head a@x.example\r\na 2\r\n"
    assert around(part)[1].startswith("Foot")


def test_the_line_that_leads_to_more_is_there_where_there_is_more() -> None:
    part = EncodedPart(PART, escape=False)
    head, foot = part.around(VALUES | {Slot.MORE: "7 more"}, more=True)
    assert b"".join(foot).startswith(b"7 more\r\nFoot\r\n")
    head, foot = part.around(VALUES | {Slot.MORE: "7 more"}, more=False)
    assert b"".join(foot).startswith(b"Foot\r\n")
    assert b"7 more" not in b"".join(head)


def test_papers_stand_with_their_numbers_and_reasons_below_their_headings() -> None:
    written = body(
        EncodedPart(PART, escape=False),
        SectionHeading("a", "2", is_cut=False),
        Placed(4, 1, Form.CARD, ("x", "y")),
        Placed(0, 2, Form.TITLE),
        UntranslatedHeading(),
        Placed(9, 3, Form.ROW, ("z",), is_also=True),
    )
    assert written == (
        "# a (2)\n1. CARD of 4\nby\n* x,\n* y\nend\n2. TITLE of 0\nend\n# In English\n3. ROW of 9\nalso z\nend\n"
    )


def test_a_heading_leads_each_reader_to_their_own_page_in_a_body_that_all_share() -> None:
    part = EncodedPart(PART, escape=False)
    shared = part.body([SectionHeading("a", "40, the best one here", is_cut=True), Placed(0, 1, Form.ROW)])
    ada, bo = (b"".join(part.fill(shared, VALUES | {Slot.PAGE: page})) for page in ("/day/ada", "/day/bo"))
    assert b"# a </day/ada>\r\n40, the best one here\r\n1. ROW of 0\r\n" in ada
    assert ada.replace(b"/day/ada", b"/day/bo") == bo


def test_the_same_paper_at_another_place_or_for_other_reasons_is_another_text() -> None:
    part = EncodedPart(PART, escape=False)
    items = [Placed(0, 1, Form.ROW), Placed(0, 2, Form.ROW), Placed(0, 1, Form.ROW, ("x",)), Placed(0, 1, Form.BRIEF)]
    assert len({body(part, item) for item in items}) == 4
    assert body(part, items[0]) == body(part, items[0])


def test_a_slot_is_no_text_that_only_reads_like_its_name() -> None:
    part = EncodedPart(replace(PART, greeting=("name\n",), outline=(Slot.NAME, "\n")), escape=False)
    assert around(part, name="Ada", outline="x")[0].endswith("Ada\r\nname\r\n")


@pytest.mark.parametrize("name", ["x" * 200, "é" * 60, "a ", "=", "."])
def test_a_line_with_a_value_is_encoded_as_one_line(name: str) -> None:
    head, _ = EncodedPart(PART, escape=False).around(VALUES | {Slot.NAME: name}, more=False)
    encoded = b"".join(head)
    assert all(len(line) <= 76 for line in encoded.split(b"\r\n"))
    assert quopri.decodestring(encoded).decode().endswith(f"Dear {name},\r\n")


def test_chinese_is_base64_and_each_reader_s_own_lines_join_it() -> None:
    rows = {form: [("论文的标题与摘要\n" * 3, Region.WHY)] for form in Form}
    part = EncodedPart(replace(PART, papers=rows), escape=False)
    assert part.encoding == "base64"
    head, _ = part.around(VALUES | {Slot.NAME: "林"}, more=False)
    filled = part.fill(part.body([Placed(0, 1, Form.ROW)]), VALUES)
    decoded = b"".join(binascii.a2b_base64(line) for line in b"".join((*head, *filled)).split(b"\r\n"))
    lines = [line.rstrip() for line in decoded.decode().split("\r\n")]
    assert lines == ["Head a@x.example", "Dear 林,", *["论文的标题与摘要"] * 3, ""]
    assert EncodedPart(PART, escape=False).encoding == "quoted-printable"


def test_octets_are_those_of_a_form_without_what_is_personal() -> None:
    part = EncodedPart(PART, escape=False)
    assert part.octets(Form.ROW, 3) == len("=2E ROW of 3\r\nend\r\n"), "a full stop does not begin a line"
    assert part.octets_around == len("Head=20\r\n" + "Foot\r\n" + "\r\n")
