"""Files of our own that people and programs write and read: rosters, notes, the issue as JSON."""

from newsletter.formats.domain_lists import parse_domain_list
from newsletter.formats.issue_codec import decode_issue, encode_issue, freeze_issue, issue_schema
from newsletter.formats.note_files import (
    NoteError,
    read_issue_note,
    read_paper_note,
    write_index,
    write_issue_note,
    write_paper_note,
)
from newsletter.formats.roster_writing import write_roster, write_suppressions
from newsletter.formats.rosters import CheckInterest, Roster, parse_roster
from newsletter.formats.service_lists import SERVICES, ServiceList, read_service_list, write_service_list
from newsletter.formats.topics import parse_catalogue

__all__ = [
    "SERVICES",
    "CheckInterest",
    "NoteError",
    "Roster",
    "ServiceList",
    "decode_issue",
    "encode_issue",
    "freeze_issue",
    "issue_schema",
    "parse_catalogue",
    "parse_domain_list",
    "parse_roster",
    "read_issue_note",
    "read_paper_note",
    "read_service_list",
    "write_index",
    "write_issue_note",
    "write_paper_note",
    "write_roster",
    "write_service_list",
    "write_suppressions",
]
