"""Mock replaces a failed source only when it may, says so, and never hides a bug."""

from dataclasses import dataclass, replace

import pandas as pd
import pytest

from pizza_assets.errors import BadAnswer, ConfigurationError, SourceUnavailable
from pizza_assets.models import RawMatches
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.fallback import matches_or_mock

WEEK = MatchWeek("2026-03-03", "Europe/London")
REAL_AND_EMPTY = SourceResult(RawMatches.empty(), DataSource.REAL, "openfootball")
INVENTED = SourceResult(RawMatches.empty(), DataSource.MOCK, "mock")


@dataclass
class _Source:
    name: str
    outcome: SourceResult | Exception
    calls: int = 0

    def matches(self, week: MatchWeek) -> SourceResult:
        assert week == WEEK
        self.calls += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def test_an_empty_real_answer_stays_real_and_empty() -> None:
    stand_in = _Source("mock", INVENTED)
    assert matches_or_mock(_Source("openfootball", REAL_AND_EMPTY), stand_in, WEEK, "mock") is REAL_AND_EMPTY
    assert stand_in.calls == 0


@pytest.mark.parametrize("error", [SourceUnavailable("host down"), BadAnswer("not JSON")])
def test_a_source_error_gives_labelled_mock_with_its_reason(error: Exception) -> None:
    result = matches_or_mock(_Source("openfootball", error), _Source("mock", INVENTED), WEEK, "mock")
    assert result.data_source == DataSource.MOCK
    assert result.source_name == "mock"
    assert result.reason == f"openfootball failed: {error}; these matches are invented by mock"
    pd.testing.assert_frame_equal(result.rows, INVENTED.rows)


def test_a_reason_of_the_stand_in_is_kept() -> None:
    stand_in = _Source("mock", replace(INVENTED, reason="summer"))
    result = matches_or_mock(_Source("openfootball", SourceUnavailable("down")), stand_in, WEEK, "mock")
    assert result.reason is not None
    assert result.reason.endswith("invented by mock; summer")


def test_fail_raises_the_error_and_invents_nothing() -> None:
    error, stand_in = SourceUnavailable("host down"), _Source("mock", INVENTED)
    with pytest.raises(SourceUnavailable) as failure:
        matches_or_mock(_Source("openfootball", error), stand_in, WEEK, "fail")
    assert failure.value is error
    assert stand_in.calls == 0


@pytest.mark.parametrize("policy", ["mock", "fail"])
@pytest.mark.parametrize("bug", [KeyError("matches"), ConfigurationError("unknown code"), ZeroDivisionError()])
def test_anything_but_a_source_error_propagates(policy: str, bug: Exception) -> None:
    stand_in = _Source("mock", INVENTED)
    with pytest.raises(type(bug)):
        matches_or_mock(_Source("openfootball", bug), stand_in, WEEK, policy)  # type: ignore[arg-type]
    assert stand_in.calls == 0
