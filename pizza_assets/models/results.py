"""Results of the analysis. Every table carries the labels of its sources; nothing is pooled across them."""

import pandas as pd
import pandera.pandas as pa

from pizza_assets.models.orders import RAW_LABELS
from pizza_assets.models.place import ANALYSIS
from pizza_assets.models.table import Table, UtcTimestamp
from pizza_assets.models.vocabulary import DataSource, MatchResult, ResultStatus, Scope, Side, Span, Window, values


class ExpectedOrders(
    Table,
    name="expected_orders",
    place=ANALYSIS,
    code_version=4,
    key=("order_source", "match_source", "market", "bin_at"),
):
    """One row per market and 15-minute bin: orders, and the baseline without the own team's match."""

    market: str = pa.Field(description="The market.")
    bin_at: UtcTimestamp = pa.Field(description="First instant of the 15-minute bin, UTC.")
    week: str = pa.Field(description="The match week of the bin.")
    observed: int = pa.Field(ge=0, description="Orders of all chains in the bin.")
    expected: float = pa.Field(nullable=True, ge=0, description="Expected orders; empty where there is no baseline.")
    is_masked: bool = pa.Field(
        description="True if the bin overlaps a window of an exposed match or lies on a special day, and for a "
        "market without a baseline; the baseline is fitted without such bins."
    )
    control_market_count: int = pa.Field(
        ge=0, description="Control markets: other open markets that are unmasked in the same bin."
    )
    is_converged: bool = pa.Field(
        description="False for a market to whose orders no baseline could be fitted; the others are fitted without it."
    )
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(
        isin=values(DataSource), description="real if both are real, mock if the orders are mock, else mixed."
    )


class MatchImpact(
    Table,
    name="match_impact",
    place=ANALYSIS,
    code_version=5,
    key=("order_source", "match_source", "kickoff_at", "match_id", "market", "window"),
    schema_version=3,
):
    """One row per match, exposed market and window: observed against expected orders."""

    match_id: str = pa.Field(description="The match, as in raw_matches.")
    sport: str = pa.Field(isin=["football"], description="Always football today.")
    competition: str = pa.Field(description="Name of the competition.")
    season: str = pa.Field(description="The season.")
    kickoff_at: UtcTimestamp = pa.Field(description="Kick-off, UTC.")
    kickoff_date: str = pa.Field(
        description="Calendar date of the kick-off in the market's local time: the cluster of the standard error."
    )
    kickoff_time: str = pa.Field(description="Local time of the kick-off in the market, HH:MM.")
    home_team: str = pa.Field(description="Home side.")
    away_team: str = pa.Field(description="Away side.")
    home_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of the home side in play.")
    away_goals: pd.Int64Dtype = pa.Field(nullable=True, ge=0, description="Goals of the away side in play.")
    result: str = pa.Field(
        nullable=True, isin=values(MatchResult), description="home_win, draw or away_win; a shoot-out decides."
    )
    is_tournament: bool = pa.Field(description="True for cups and international tournaments.")
    is_final: bool = pa.Field(description="True only for a final.")
    market: str = pa.Field(description="A market exposed to the match.")
    team: str = pa.Field(description="The team that exposes the market.")
    side: str = pa.Field(isin=values(Side), description="The side of that team.")
    window: str = pa.Field(isin=values(Window), description="pre, during or post.")
    window_start_at: UtcTimestamp = pa.Field(description="First instant of the window, UTC.")
    window_end_at: UtcTimestamp = pa.Field(description="End of the window (exclusive), UTC.")
    observed: int = pa.Field(ge=0, description="Orders in the window.")
    expected: float = pa.Field(
        nullable=True, ge=0, description="Orders expected without the match; empty if there is no baseline."
    )
    uplift_pct: float = pa.Field(
        nullable=True,
        description="100 (observed / expected - 1); a single match is noisy, so read it with its interval.",
    )
    ci_low_pct: float = pa.Field(
        nullable=True, description="Lower end of the 95 % interval of this one match's uplift."
    )
    ci_high_pct: float = pa.Field(nullable=True, description="Upper end of that interval.")
    extra_orders: float = pa.Field(nullable=True, description="observed - expected.")
    orders_per_hour: float = pa.Field(nullable=True, description="Orders per hour in the window.")
    currency: str = pa.Field(
        nullable=True, description="Currency of the revenue; empty if the market sells in several."
    )
    revenue_cents: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="Revenue in the window, minor units; empty if there are several currencies."
    )
    control_market_count: int = pa.Field(ge=0, description="Fewest control markets in any of the window's bins.")
    special_day: str = pa.Field(
        nullable=True,
        description="The special day of the market on which the match kicked off: the owner's words, or its kind.",
    )
    status: str = pa.Field(isin=values(ResultStatus), description="ok or insufficient_data.")
    reasons: str = pa.Field(nullable=True, description="Why a number is missing or weak, separated by semicolons.")
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock match.")
    data_source: str = pa.Field(
        isin=values(DataSource), description="real if both are real, mock if the orders are mock, else mixed."
    )


class CorrelationResults(
    Table,
    name="correlation_results",
    place=ANALYSIS,
    code_version=15,
    key=("order_source", "match_source", "family_id", "analysis_id"),
    schema_version=5,
):
    """One row per tested hypothesis, with everything needed to assess it. Docs: docs/statistics.md."""

    analysis_id: str = pa.Field(description="Stable id of the hypothesis for this pair of sources.")
    hypothesis: str = pa.Field(description="The claim in words.")
    role: str = pa.Field(
        isin=["primary", "exploratory"],
        description="primary: the hypothesis declared in code in advance; all others are exploratory.",
    )
    subject: str = pa.Field(
        description="own_team_match or shared_match for the effect of the match itself, goal_of_own_team or "
        "goal_of_opponent for that of a goal, kickoff_time for whether the effect differs by time of kick-off, else "
        "the outcome in question."
    )
    scope: str = pa.Field(isin=values(Scope), description="The part of the business: overall, or one of its parts.")
    scope_value: str = pa.Field(nullable=True, description="Which part; empty for overall.")
    estimand: str = pa.Field(description="What exactly the number estimates.")
    correlation_coefficient: float = pa.Field(
        nullable=True,
        ge=-1,
        le=1,
        description="Pearson's coefficient (point-biserial for a yes-or-no outcome) of the outcome and the log "
        "departure of a window, unadjusted; empty for the match itself, which has nothing to correlate with.",
    )
    spearman_coefficient: float = pa.Field(
        nullable=True, ge=-1, le=1, description="Spearman's rank coefficient of the same two."
    )
    statistical_significance: float = pa.Field(nullable=True, ge=0, le=1, description="The p-value (same as p_value).")
    time_window: str = pa.Field(
        isin=[*values(Window), Span.MATCH.value],
        description="pre, during or post; match for the three together, where all of them are usable.",
    )
    pattern_description: str = pa.Field(description="The finding, or its absence, in a sentence.")
    data_quality: str = pa.Field(description="Share of complete windows, weeks and caveats in words.")
    estimate_log: float = pa.Field(
        nullable=True, description="Log ratio of observed to expected orders; for an outcome, its change per unit."
    )
    uplift_pct: float = pa.Field(nullable=True, description="100 (exp(estimate_log) - 1).")
    ci_low_pct: float = pa.Field(nullable=True, description="Lower end of the 95 % interval of uplift_pct.")
    ci_high_pct: float = pa.Field(nullable=True, description="Upper end of that interval.")
    se: float = pa.Field(
        nullable=True,
        ge=0,
        description="Standard error of estimate_log, clustered and including the error of the baseline; for "
        "an outcome, the standard deviation over the permutations.",
    )
    p_value: float = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="Two-sided p-value: from se and df; by permutation for outcomes and where no market is a control, "
        "continued by the normal tail where 10 draws or fewer are as extreme.",
    )
    p_permutation: float = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="Two-sided p-value by permuting matches (dates for a tournament or final, and where no market is a "
        "control); empty for the own team's match against controls, where no permutation keeps its error rate "
        "(docs/decisions/0008).",
    )
    q_value: float = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="At most 0.05 is a finding. Primary: the p-value. Others: corrected within the family and over all "
        "families of these sources, which share a budget of 0.025 (docs/statistics.md). Scope kickoff: corrected "
        "by Holm, and never below that of kickoff_time.",
    )
    family_id: str = pa.Field(description="The declared family of hypotheses that are corrected together.")
    family_size: int = pa.Field(ge=0, description="Number of answered hypotheses in the family.")
    n_matches: int = pa.Field(ge=0, description="Matches used.")
    n_market_matches: int = pa.Field(
        ge=0, description="Market-matches used (a match between two followed teams counts twice)."
    )
    n_clusters: int = pa.Field(ge=0, description="Dates used.")
    cluster_by: str = pa.Field(description="The unit of clustering, or of permutation.")
    df: float = pa.Field(
        nullable=True,
        ge=0,
        description="Degrees of freedom of the t distribution: effective dates - 1; without a control market, dates "
        "without a match - times of the week. For kickoff_time, those of Welch and Satterthwaite of its test.",
    )
    observed: float = pa.Field(nullable=True, ge=0, description="Orders observed in the windows used.")
    expected: float = pa.Field(nullable=True, ge=0, description="Orders expected in the windows used.")
    dispersion: float = pa.Field(
        nullable=True, ge=0, description="Pearson chi-square per degree of freedom; 1 is Poisson."
    )
    mde_80_pct: float = pa.Field(
        nullable=True,
        ge=0,
        description="The smallest uplift found in 80 % of such data sets, at level 0.05 for the primary hypothesis and "
        "0.025 / families / family_size for the others.",
    )
    leave_one_out_low_pct: float = pa.Field(
        nullable=True, description="Lowest uplift_pct when the windows of one market are left out."
    )
    leave_one_out_high_pct: float = pa.Field(nullable=True, description="Highest such uplift_pct.")
    placebo_uplift_pct: float = pa.Field(
        nullable=True,
        description="The same estimate on dates without a match, which are left out of the baseline for this: what the "
        "method finds where there is nothing.",
    )
    placebo_ci_low_pct: float = pa.Field(nullable=True, description="Lower end of the placebo's 95 % interval.")
    placebo_ci_high_pct: float = pa.Field(nullable=True, description="Upper end of that interval.")
    placebo_window_count: pd.Int64Dtype = pa.Field(
        nullable=True, ge=0, description="Number of placebo windows; empty without a placebo."
    )
    pre_trend_p_value: float = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="p-value of the pre-trend test: did orders depart from usual three to two hours before kick-off, "
        "before any window? A small value suggests that something else moves them too.",
    )
    hours_before_uplift_pct: float = pa.Field(
        nullable=True,
        description="The same estimate over the three hours before the first window, for all markets together: what "
        "goes with match days besides football. Only for the match itself, against control markets.",
    )
    own_season_markets: str = pa.Field(
        nullable=True,
        description="Markets that keep a season of their own at the hours of matches, which the baseline can't know, "
        "separated by semicolons; empty if there are none, or they are not part of the row.",
    )
    own_season_off_by_pct: float = pa.Field(
        nullable=True, ge=0, description="How far the estimate may be off because of these seasons, in percent."
    )
    hours_before_p_value: float = pa.Field(
        nullable=True, ge=0, le=1, description="Its p-value; at 0.02 or less the sentence says so before the finding."
    )
    direction: str = pa.Field(
        isin=["up", "down", "differs", "none", "unknown"],
        description="none unless q_value <= 0.05; unknown without data; differs for kickoff_time, which has no side.",
    )
    method: str = pa.Field(description="The method in a few words.")
    controls: str = pa.Field(description="The factors that the baseline controls for.")
    control_market_min: int = pa.Field(
        ge=0, description="Smallest number of control markets behind any window used; below 5 is flagged in reasons."
    )
    few_control_share: float = pa.Field(
        nullable=True, ge=0, le=1, description="Share of the windows used that rest on fewer than 5 control markets."
    )
    converged: bool = pa.Field(description="Whether the baseline's fit converged.")
    status: str = pa.Field(isin=values(ResultStatus), description="ok or insufficient_data.")
    reasons: str = pa.Field(nullable=True, description="Why the result is missing or weak, separated by semicolons.")
    left_out: str = pa.Field(
        nullable=True,
        description="What was left out on purpose, separated by semicolons: markets without a baseline, "
        "matches on special days, and on or next to bank holidays where no market can serve as control.",
    )
    real_share: float = pa.Field(
        ge=0, le=1, description="Share of the inputs (orders, matches) that is real: 0, 0.5 or 1."
    )
    order_source: str = pa.Field(isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(
        isin=values(DataSource), description="real if both are real, mock if the orders are mock, else mixed."
    )
    computed_from_weeks: str = pa.Field(description="First and last week used, and the number of weeks.")
    random_seed: int = pa.Field(ge=0, description="Seed of random draws; 0 where nothing is drawn.")


class Insights(Table, name="insights", place=ANALYSIS, code_version=13, key=("rank",)):
    """One row per sentence for managers, with its numbers."""

    rank: int = pa.Field(ge=1, unique=True, description="Reading order; the primary hypothesis first.")
    kind: str = pa.Field(
        isin=["finding", "nothing_found", "insufficient_data", "alarm", "caveat"],
        description="The kind of sentence: alarm is about anomalies, caveat about the data as a whole.",
    )
    headline: str = pa.Field(description="The sentence; says mock wherever mock data is touched.")
    caveat: str = pa.Field(nullable=True, description="What to keep in mind when reading the sentence.")
    analysis_id: str = pa.Field(nullable=True, description="The result behind the sentence, as in correlation_results.")
    uplift_pct: float = pa.Field(nullable=True, description="The effect.")
    ci_low_pct: float = pa.Field(nullable=True, description="Lower end of its 95 % interval.")
    ci_high_pct: float = pa.Field(nullable=True, description="Upper end of that interval.")
    q_value: float = pa.Field(nullable=True, ge=0, le=1, description="Its q-value.")
    n_matches: int = pa.Field(ge=0, description="Matches used.")
    extra_orders_per_store_hour: float = pa.Field(
        nullable=True, description="The effect as orders per selling store and hour."
    )
    extra_revenue_per_store_hour_cents: float = pa.Field(
        nullable=True, description="The effect as revenue, minor units; empty if there are several currencies."
    )
    currency: str = pa.Field(nullable=True, description="ISO 4217 code of that revenue.")
    order_source: str = pa.Field(nullable=True, isin=RAW_LABELS, description="real or mock orders.")
    match_source: str = pa.Field(nullable=True, isin=RAW_LABELS, description="real or mock matches.")
    data_source: str = pa.Field(isin=values(DataSource), description="real, mock or mixed.")
