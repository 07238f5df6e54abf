"""Topics of Amazon SNS, by which SES notifies, and the host that alone may vouch for what comes from one."""

from __future__ import annotations

import re

__all__ = ["endpoint_of"]

_TOPIC = re.compile(r"arn:(aws|aws-us-gov|aws-cn):sns:([a-z]{2}(?:-[a-z]+)+-\d{1,2}):\d{12}:[A-Za-z0-9_-]{1,256}")


def endpoint_of(topic: str) -> str | None:
    """The host of SNS in a topic's region, `sns.eu-central-1.amazonaws.com`; None for what is no topic (ARN)."""
    match = _TOPIC.fullmatch(topic)
    if match is None:
        return None
    return f"sns.{match[2]}.amazonaws.com{'.cn' if match[1] == 'aws-cn' else ''}"
