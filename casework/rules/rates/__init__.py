"""What counts: THE definitions of every rate, and the one entry to them (words.md §4, domain.md §6, §3.8).

`headline` says what counts as responded, completed, excluded; `figures` is the whole set beside it, as data;
`conditions` and `times` are what it is made of. The definitions in words lie beside the report
(services/notify/report_texts) under DEFINITION_VERSION: change rule, words and version together.
"""

from casework.rules.rates.conditions import STANDING_FACTS, Condition, How, holds
from casework.rules.rates.figures import (
    BASES,
    FIGURES,
    TIMED,
    TIMED_OVER,
    Basis,
    Figure,
    measures,
    named,
    names_of,
    names_of_time,
    of_basis,
)
from casework.rules.rates.headline import (
    DEFINITION_VERSION,
    SMALL_NUMBER,
    CaseFacts,
    Rate,
    Standing,
    View,
    exclusion,
    on_time,
    responded,
    standing,
)
from casework.rules.rates.tasks import TASK_FIGURES, TaskFacts, task_measures
from casework.rules.rates.times import BOUNDS, TIMES, Spread, Time, bucket, quantile

__all__ = [
    "BASES",
    "BOUNDS",
    "DEFINITION_VERSION",
    "FIGURES",
    "SMALL_NUMBER",
    "STANDING_FACTS",
    "TASK_FIGURES",
    "TIMED",
    "TIMED_OVER",
    "TIMES",
    "Basis",
    "CaseFacts",
    "Condition",
    "Figure",
    "How",
    "Rate",
    "Spread",
    "Standing",
    "TaskFacts",
    "Time",
    "View",
    "bucket",
    "exclusion",
    "holds",
    "measures",
    "named",
    "names_of",
    "names_of_time",
    "of_basis",
    "on_time",
    "quantile",
    "responded",
    "standing",
    "task_measures",
]
