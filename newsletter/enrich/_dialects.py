"""What servers that call themselves OpenAI-compatible take: which parameters, and which form of structured output."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from newsletter.domain.answers import bounded

__all__ = ["Dialect"]

_FORMS = ("bounded", "json_schema", "json_object", "text")
_NAMES_FORM = re.compile(
    r"response[_ ]?format|json[_ ]?(?:schema|object|mode)|structured|schema|grammar|guided|maxlength|maxitems"
    r"|additionalproperties",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which parameters a server takes. Begins with all, and gives up the one that the server complains of.

    `bounded` is the schema with a limit on every text: a server that holds a model to it (llama.cpp, vLLM) cannot get
    an answer without an end. OpenAI's own takes the schema without limits.
    """

    form: str = "bounded"
    usage: bool = True
    temperature: bool = True
    limit: str = "max_tokens"

    def parameters(self, schema: dict[str, Any], most_tokens: int, longest_text: int) -> dict[str, Any]:
        """The parameters of a question in this dialect."""
        parameters: dict[str, Any] = {self.limit: most_tokens}
        if self.form in ("bounded", "json_schema"):
            held = bounded(schema, longest_text) if self.form == "bounded" else schema
            named = {"name": "summaries", "schema": held, "strict": True}
            parameters["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self.form == "json_object":
            parameters["response_format"] = {"type": "json_object"}
        if self.usage:
            parameters["stream_options"] = {"include_usage": True}
        if self.temperature:
            parameters["temperature"] = 0
        return parameters

    def without(self, complaint: str) -> Dialect | None:
        """The dialect without what is complained of by name, None where that is nothing of it."""
        if self.usage and "stream_options" in complaint:
            return replace(self, usage=False)
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.limit == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, limit="max_completion_tokens")
        return self.plainer() if _NAMES_FORM.search(complaint) else None

    def plainer(self) -> Dialect | None:
        """The dialect with the next plainer form of structured output, None after the plainest."""
        after = _FORMS.index(self.form) + 1
        return replace(self, form=_FORMS[after]) if after < len(_FORMS) else None
