"""Sentences about a family of hypotheses: that nothing was found among them, or more than is told one by one.

Their templates are in the one table of sentences.py.
"""

import pandas as pd

from pizza_assets.analysis import wording
from pizza_assets.analysis.reasons import counted
from pizza_assets.analysis.sentences import TEMPLATES, excludes_zero, has_too_few_orders
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.vocabulary import ResultStatus


def family_sentence(family: pd.DataFrame) -> tuple[str, str]:
    """The kind of insight and the sentence about a family of CorrelationResults without a finding."""
    answered = family[family["status"] == ResultStatus.OK]
    rows = answered.to_dict("records")
    parts = {"claims": counted_noun(len(family), "claim", "claims"), "about": _topic(family)}
    if answered.empty:
        why = wording.explanations(list(counted(family["reasons"]))[:1])
        missing = f": {why}" if why else ""
        return "insufficient_data", TEMPLATES["family_unanswered"].format(missing=missing, **parts)
    parts["smallest"] = wording.number(float(answered["mde_80_pct"].min()))
    if all(has_too_few_orders(row) for row in rows):
        return "insufficient_data", TEMPLATES["family_too_few"].format(**parts)
    alone = sum(excludes_zero(row) for row in rows)
    nouns = ("interval lies", "intervals lie")
    return "nothing_found", TEMPLATES["family_none_sure" if alone else "family_nothing_found"].format(
        answered=len(answered), alone=counted_noun(alone, *nouns), **parts
    )


def more_findings(family: pd.DataFrame, count: int) -> str:
    """That a family has findings beyond those told."""
    findings = counted_noun(count, "more finding", "more findings")
    return TEMPLATES["family_more"].format(findings=findings, about=_topic(family))


def _topic(family: pd.DataFrame) -> str:
    """What the hypotheses are about."""
    return wording.FAMILIES[str(family["family_id"].iloc[0]).partition(".")[0]]
