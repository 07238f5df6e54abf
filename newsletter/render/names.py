"""The names of what there are few of, in one language: roles of links, ratings, holidays, failures, states.

They change with the values of the domain, and labels with what pages and mails say.
"""

from __future__ import annotations

from collections.abc import Callable

from newsletter.domain.delivery import DeliveryStatus, SkipReason
from newsletter.domain.papers import AnnounceType, FailureKind

__all__ = ["Names"]

Gettext = Callable[[str], str]
"""Looks a label up. It is called `_` wherever a label is named: the catalogues are made by looking for `_("…")`."""


class Names:
    """Every table, looked up once.

    Attributes:
        kinds: how a paper was announced.
        links: what a link leads to, by its role.
        ratings: the ratings that everybody gives.
        holidays: the names in arXiv's calendar as it comes with the program.
        failures: why an abstract stands where a summary should; None where nobody wrote one.
        engines: who summarises without a model.
        statuses: the states of a delivery.
        skips: why somebody gets no message.
    """

    def __init__(self, gettext: Gettext) -> None:
        self.kinds = _kinds(gettext)
        self.links = _links(gettext)
        self.ratings = _ratings(gettext)
        self.holidays = _holidays(gettext)
        self.failures = _failures(gettext)
        self.engines = _engines(gettext)
        self.statuses = _statuses(gettext)
        self.skips = _skips(gettext)


def _kinds(_: Gettext) -> dict[AnnounceType, str]:
    return {
        AnnounceType.NEW: _("new"),
        AnnounceType.CROSS: _("cross-listed"),
        AnnounceType.FEATURED: _("featured"),
        AnnounceType.REPLACE: _("replaced"),
        AnnounceType.REPLACE_CROSS: _("replaced"),
    }


def _links(_: Gettext) -> dict[str, str]:
    return {
        "abs": _("Abstract page"),
        "pdf": "PDF",
        "html": "HTML",
        "code": _("Code"),
        "project": _("Project page"),
        "data": _("Data"),
        "model": _("Model"),
        "demo": _("Demo"),
        "video": _("Video"),
        "hf": "Hugging Face",
    }


def _ratings(_: Gettext) -> dict[str, str]:
    return {
        "practicality": _("Practicality"),
        "novelty": _("Novelty"),
        "recommendation": _("Recommendation"),
    }


def _holidays(_: Gettext) -> dict[str, str]:
    return {
        "New Year's Day": _("New Year's Day"),
        "Martin Luther King Jr. Day": _("Martin Luther King Jr. Day"),
        "Juneteenth": _("Juneteenth"),
        "Independence Day weekend": _("Independence Day weekend"),
        "Labor Day": _("Labor Day"),
        "Thanksgiving": _("Thanksgiving"),
        "Christmas Day": _("Christmas Day"),
        "winter break": _("winter break"),
        "New Year's Eve": _("New Year's Eve"),
    }


def _engines(_: Gettext) -> dict[str, str]:
    return {"extractive": _("the abstract’s own sentences")}


def _failures(_: Gettext) -> dict[FailureKind | None, str]:
    unusable = _("Abstract. The summary could not be used and was left out.")
    return {
        None: _("Abstract. Nobody has summarised this paper yet."),
        FailureKind.UNAVAILABLE: _("Abstract. There is no summary because the summariser could not be reached."),
        FailureKind.BUDGET: _("Abstract. There is no summary because the day’s budget was used up."),
        FailureKind.REFUSED: _("Abstract. There is no summary because the model declined to write one."),
        FailureKind.WRONG_LANGUAGE: _("Abstract. The summary came in the wrong language and was left out."),
        FailureKind.INCOMPLETE: _("Abstract. The summary was incomplete and was left out."),
        FailureKind.TOO_LONG: _("Abstract. The summary was too long and was left out."),
        FailureKind.GARBLED: _("Abstract. The summary was garbled and was left out."),
        FailureKind.MISMATCHED: _("Abstract. The summary was about another paper and was left out."),
        FailureKind.UNTRANSLATED: _("Abstract. The summary came untranslated and was left out."),
        FailureKind.UNSUPPORTED: _("Abstract. The summary said what the paper does not, and was left out."),
        FailureKind.OBEYED: unusable,
        FailureKind.UNPARSABLE: unusable,
        FailureKind.ECHO: unusable,
        FailureKind.ERROR_TEXT: unusable,
    }


def _statuses(_: Gettext) -> dict[str, str]:
    return {
        DeliveryStatus.QUEUED: _("queued"),
        DeliveryStatus.SENDING: _("being sent"),
        DeliveryStatus.SENT: _("sent"),
        DeliveryStatus.DEFERRED: _("deferred"),
        DeliveryStatus.FAILED: _("failed"),
        DeliveryStatus.BOUNCED: _("bounced"),
        DeliveryStatus.SKIPPED: _("skipped"),
        DeliveryStatus.UNCERTAIN: _("uncertain"),
    }


def _skips(_: Gettext) -> dict[str, str]:
    return {
        SkipReason.NO_MATCH: _("no paper fits"),
        SkipReason.UNCONFIRMED: _("not confirmed"),
        SkipReason.UNSUBSCRIBED: _("unsubscribed"),
        SkipReason.SUPPRESSED: _("never to be mailed"),
        SkipReason.OTHER_CADENCE: _("gets the other edition"),
    }
