"""`interests test`: what an interest means, and what it finds in a real issue, with the words marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.commands import Commands
from newsletter.cli.common import Config, Day, Json, open_application, parse_day
from newsletter.cli.output import out, print_json
from newsletter.domain.notation import counted
from newsletter.domain.text import plain
from newsletter.errors import IssueMissing, UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from newsletter.domain.issues import Issue, Match, Selection
    from newsletter.domain.matching import IssueSelector, Review

__all__ = ["app"]

app = Commands(help="What subscribers care about: try an expression before somebody relies on it.")

RULED_OUT = 5
"""Papers shown that an exclusion takes away."""
AROUND = 100
"""Characters of an abstract shown on each side of what was found."""


@app.callback()
def interests() -> None:
    """Keep `test` a command of its own, though there is only one."""


@app.command("test", minus_begins_text=True)
def try_out(
    context: typer.Context,
    expressions: Annotated[list[str], typer.Argument(metavar="INTEREST...", help="As in a roster; quote each one.")],
    day: Day = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Show at most so many papers.")] = 10,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show what interests mean and what they find in an issue: the newest one, or that of --date.

    What begins with a hyphen leaves papers out: `newsletter interests test robots -title:survey`.

    Example: `newsletter interests test '"world model" AND cat:cs.RO' --date 2026-06-02`
    """
    from newsletter.domain.issues import IssueKey, SelectionRequest
    from newsletter.domain.matching import IssueSelector, review

    application = open_application(context, config, quiet=json, sample=True)
    if day is None:
        key = next((status.key for status in application.store.issues.archive() if not status.is_silent), None)
    else:
        key = IssueKey(parse_day(day))
    issue = application.store.issues.get(key) if key is not None else None
    if issue is None:
        named = f"of {key.slug}" if key is not None else "yet"
        run = f"newsletter send --dry-run{f' --date {key.day}' if key is not None else ''}"
        msg = f"There is no issue {named} to try interests on. Run `{run}` first, or name another day by --date."
        raise IssueMissing(msg)
    selector = IssueSelector(issue, topics=application.catalogue.expressions)
    reviewed = review(selector, expressions)
    selection = selector.select(SelectionRequest(tuple(expressions), limit))
    if json:
        print_json(_document(issue, reviewed, selection))
    else:
        _show(issue, selector, reviewed, selection)
    if reviewed.problems:
        raise UsageError("\n".join(f"{item.interest}: {item.problem}" for item in reviewed.items if item.problem))


def _document(issue: Issue, reviewed: Review, selection: Selection) -> dict[str, object]:
    return {
        "issue": issue.key.slug,
        "papers": len(issue.papers),
        "found": selection.found,
        "interests": [
            {
                "interest": item.interest,
                "found": item.found,
                "broad": item.is_broad,
                "dead": item.is_dead,
                "excludes": item.excludes,
                "notes": [str(note) for note in item.notes],
                "advice": item.advice,
                "problem": str(item.problem or ""),
            }
            for item in reviewed.items
        ],
        "picks": [
            {
                "id": pick.paper_id,
                "title": plain(issue.papers[pick.index].paper.title),
                "score": pick.score,
                "matched": [
                    {"interest": m.interest, "field": m.field, "found": m.found, "via": m.via} for m in pick.matches
                ],
            }
            for pick in selection.picks
        ],
    }


def _show(issue: Issue, selector: IssueSelector, reviewed: Review, selection: Selection) -> None:
    from newsletter.domain.interests import describe, excess

    for item in reviewed.items:
        interest = selector.read(item.interest).interest
        out.print(item.interest, style="bold", markup=False)
        if interest is None:
            continue
        out.print(f"  {describe(interest)}", markup=False)
        for note in item.notes:
            said = str(note)
            out.print(f"  Note: {said}{'' if said.endswith('?') else '.'}", markup=False)
        action = "rules out" if item.excludes else "finds"
        of = counted(len(issue.papers), "paper")
        out.print(f"  It {action} {item.found} of {of} of {issue.key.slug}.", markup=False)
        if item.is_broad:
            out.print(
                "  Too broad: a digest of it is hardly a selection. Add words, or AND another term.", style="yellow"
            )
        if item.is_dead:
            out.print(f"  Finds nothing on this day. {item.advice}", style="yellow", markup=False)
        if item.excludes:
            _show_ruled_out(issue, selector, reviewed, item.interest)
    if reason := excess([item.interest for item in reviewed.items]):
        out.print(f"Too many: {reason}.", style="yellow", markup=False)
    out.print(f"\nThe digest: {counted(selection.found, 'paper')}, best first", markup=False)
    for place, pick in enumerate(selection.picks, 1):
        entry = issue.papers[pick.index]
        words = [selector.marks(pick.index, match.interest) or (match.found,) for match in pick.matches]
        marks = [word for own in words for word in own if word]
        out.print()
        out.print(_marked(f"{place}. {plain(entry.paper.title)}", marks), soft_wrap=True)
        labels = "; ".join(_label(match) for match in pick.matches)
        out.print(
            f"   {pick.score:g}  {labels or 'no interest asks for it: every paper is in'}", style="dim", markup=False
        )
        if excerpt := _excerpt(plain(entry.paper.abstract), marks):
            out.print(_marked(f"   {excerpt}", marks), soft_wrap=True)
    if selection.found > len(selection):
        out.print(f"\n… and {selection.found - len(selection)} more", markup=False)


def _show_ruled_out(issue: Issue, selector: IssueSelector, reviewed: Review, exclusion: str) -> None:
    """Which papers would be in the digest but for this exclusion, best first, with what it found in them."""
    from newsletter.domain.issues import SelectionRequest

    listed = [item.interest for item in reviewed.items]
    left = set(selector.select(SelectionRequest(tuple(listed))).places)
    others = SelectionRequest(tuple(text for text in listed if text != exclusion))
    lost = [place for place in selector.select(others).places if place not in left]
    if not lost:
        out.print("  It takes no paper from the digest below.", markup=False)
        return
    out.print(f"  It takes {counted(len(lost), 'paper')} from the digest below:", markup=False)
    for place in lost[:RULED_OUT]:
        match = selector.explain(place, exclusion)
        words = f"  (“{match.found}” in {match.field})" if match is not None and match.found else ""
        out.print(f"    {plain(issue.papers[place].paper.title)}{words}", markup=False, soft_wrap=True)
    if len(lost) > RULED_OUT:
        out.print(f"    … and {len(lost) - RULED_OUT} more", markup=False)


def _label(match: Match) -> str:
    return f"{match.label} ({match.field})" if match.field else match.label


def _excerpt(abstract: str, marks: list[str]) -> str:
    """The part of the abstract around the first words that were found."""
    places = [at for mark in marks if (at := abstract.find(mark)) >= 0]
    if not places:
        return ""
    start, end = max(0, min(places) - AROUND), min(places) + AROUND
    return f"{'…' if start else ''}{abstract[start:end]}{'…' if end < len(abstract) else ''}".replace("\n", " ")


def _marked(line: str, marks: list[str]) -> Text:
    """The line with every found word marked; foreign text is never markup."""
    from rich.text import Text

    text = Text(line)
    for mark in dict.fromkeys(marks):
        text.highlight_regex(rf"(?<!\w){re.escape(mark)}(?!\w)", "black on yellow")
    return text
