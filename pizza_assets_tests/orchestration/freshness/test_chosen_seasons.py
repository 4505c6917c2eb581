"""The chosen seasons that a week belongs to."""

from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.chosen_seasons import is_outside, requested_seasons
from pizza_assets.settings import Settings
from pizza_assets_tests.strategies import weeks
from pizza_assets_tests.support.examples import examples

SUMMER_2018 = MatchWeek("2018-06-12", "Europe/London")


def settings_of(**environ: str) -> Settings:
    return Settings.from_environment(environ)


def test_each_competition_has_its_own_seasons() -> None:
    chosen = settings_of(PIZZA_COMPETITIONS="en.1,worldcup,en.1")
    assert requested_seasons(chosen, SUMMER_2018) == ["en.1 2017-18", "en.1 2018-19", "worldcup 2018"]
    chosen = settings_of(PIZZA_COMPETITIONS="en.1,worldcup", PIZZA_SEASONS="2017-18,2018")
    assert requested_seasons(chosen, SUMMER_2018) == ["en.1 2017-18", "worldcup 2018"]
    assert not is_outside(chosen, SUMMER_2018)
    assert is_outside(chosen, SUMMER_2018.shifted(52))


def test_unknown_codes_are_left_to_the_source_to_reject() -> None:
    assert requested_seasons(settings_of(PIZZA_COMPETITIONS="en.9"), SUMMER_2018) == []


@examples(100)
@given(weeks(), st.sampled_from(["en.1", "uefa.cl", "en.1,worldcup"]))
def test_without_a_choice_no_week_is_outside(week: MatchWeek, codes: str) -> None:
    assert not is_outside(settings_of(PIZZA_COMPETITIONS=codes), week)
