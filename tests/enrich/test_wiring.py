"""From settings to summaries: the application asks the model that newsletter.toml names."""

import pytest

from newsletter.bootstrap import Application, sample_settings
from newsletter.errors import ConfigError, UsageError
from newsletter.services.progress import SilentProgress
from tests.support.llm_server import Answer, LlmServer, answer_of, entry


def application(tmp_path, **enrich):
    settings = sample_settings(tmp_path)
    wanted = settings.enrich.model_copy(update={"engine": "llm", "languages": ("en",), **enrich})
    made = Application(settings.model_copy(update={"enrich": wanted}), progress=SilentProgress())
    made.upgrade_database()
    return made


async def test_the_sample_is_summarised_by_the_model_of_the_settings(tmp_path):
    def answer(question):
        said = (entry(p, tldr=p["abstract"][:300] or "It says nothing of itself.") for p in question.papers)
        return Answer(answer_of(*said))

    async with LlmServer(answer) as server:
        app = application(tmp_path, model="little", base_url=server.url)
        from newsletter import sample

        await app.collecting.collect().run(sample.DAY)
        papers = app.composing.scope().papers(sample.DAY)
        report = await app.composing.enrich().run(papers)
        assert report.written > 10
        assert report.stopped == ""
        assert {q.body["model"] for q in server.questions} == {"little"}
        asked = len(server.questions)
        assert (await app.composing.enrich().run(papers)).written == 0
        await app.composing.enrich().run(app.records.papers([papers[0].id]), again=True)
        assert len(server.questions) > asked


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, r"enrich\.model"),
        ({"model": "m", "daily_budget": "2 USD"}, r"price_in"),
    ],
)
def test_settings_that_cannot_work_say_what_is_missing(tmp_path, wrong, says):
    with pytest.raises(ConfigError, match=says):
        application(tmp_path, **wrong).composing.enrich()


def test_a_paper_that_nobody_collected_cannot_be_summarised(tmp_path):
    app = application(tmp_path, model="m")
    with pytest.raises(UsageError, match="nothing was collected"):
        app.records.papers(["2606.99999"])
    with pytest.raises(UsageError, match="not an arXiv identifier"):
        app.records.papers(["what"])
