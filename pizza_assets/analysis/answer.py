"""What an analysis says to one hypothesis: numbers, or why there are none."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """numbers: by column of CorrelationResults; columns that are absent are empty. missing: the reasons why there is no
    p-value; with none, there is one."""

    numbers: dict[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
