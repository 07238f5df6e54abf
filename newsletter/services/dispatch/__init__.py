"""Dispatch: an issue to its audience. Nobody is missed and nobody gets it twice, whatever breaks in between."""

from newsletter.services.dispatch.dry_run import DryRun, DryRunReport
from newsletter.services.dispatch.manifest import Manifest
from newsletter.services.dispatch.messages import MessageMaker
from newsletter.services.dispatch.plan import USUAL, Plan, PlanReport, Timetable
from newsletter.services.dispatch.processes import send_in_processes
from newsletter.services.dispatch.report import DispatchReport, Snapshot
from newsletter.services.dispatch.send import Send
from newsletter.services.dispatch.settings import SendSettings

__all__ = [
    "USUAL",
    "DispatchReport",
    "DryRun",
    "DryRunReport",
    "Manifest",
    "MessageMaker",
    "Plan",
    "PlanReport",
    "Send",
    "SendSettings",
    "Snapshot",
    "Timetable",
    "send_in_processes",
]
