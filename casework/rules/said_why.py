"""A reason in words 理由: neither empty nor a form's own text, wherever a move asks for one.

`FIELDS` names the field of each refusal that is about one field of what was asked: the answer is 422 then, not 409.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "ADOPTION_MISSING": "adoption",
        "ADOPTION_REASON_MISSING": "unsolved_reason",
        "ANSWER_MISSING": "answer",
        "AREA_UNKNOWN": "area_code",
        "BACKDATED_BEFORE_CASE": "happened_at",
        "BACKDATED_IN_FUTURE": "happened_at",
        "CALLED_MISSING": "units",
        "CALL_OUTCOME_CONTRADICTS": "outcome",
        "CALL_OUTCOME_MISSING": "outcome",
        "CATEGORY_RETIRED": "category",
        "CATEGORY_UNKNOWN": "category",
        "CLOSURE_REASON_UNKNOWN": "reason",
        "CONTACT_BEFORE_CASE": "contacted_at",
        "CONTACT_EVIDENCE_MISSING": "contacted_at",
        "CONTACT_IN_FUTURE": "contacted_at",
        "EXTENSION_DATE_MISSING": "until",
        "EXTENSION_DATE_WRONG": "until",
        "FEEDBACK_DATE_MISSING": "planned_for",
        "FEEDBACK_DATE_WRONG": "planned_for",
        "FEEDBACK_MISSING": "text",
        "FINDING_MISSING": "found",
        "GUIDANCE_REASON_UNKNOWN": "reason",
        "GUIDANCE_TEXT_MISSING": "told",
        "INNER_DUE_MISSING": "until",
        "INNER_DUE_TOO_LATE": "until",
        "LATE_REASON_MISSING": "late_reason",
        "LEDGER_DATE_WRONG": "until",
        "LEDGER_MEASURES_MISSING": "measures",
        "LEDGER_REASON_UNKNOWN": "reason",
        "MATTER_MISSING": "note",
        "NOTE_MISSING": "note",
        "PLAN_MISSING": "text",
        "RECTIFICATION_MISSING": "text",
        "REPEAT_UNKNOWN": "repeat_of",
        "REPLY_MISSING": "reply_text",
        "REPORTED_MISSING": "units",
        "RETURN_BASIS_MISSING": "basis",
        "RETURN_REASON_UNKNOWN": "reason",
        "RETURN_UNIT_MISSING": "unit",
        "SCORE_MISSING": "score",
        "SCORE_REASON_MISSING": "note",
        "SPLIT_CATEGORY_MISSING": "category",
        "SPLIT_MATTER_MISSING": "matter",
        "SUPERVISION_ANSWER_MISSING": "text",
        "SURVEY_ANSWER_MISSING": "solved",
        "SUSPENSION_END_WRONG": "until",
        "SUSPENSION_REASON_UNKNOWN": "reason",
        "TIME_BEFORE_CASE": "acted_at",
        "TIME_IN_FUTURE": "acted_at",
        "UNCHECKED_REASON_MISSING": "note",
        "UNSOLVED_REASON_MISSING": "unsolved_reason",
        "WHISTLE_ANSWER_MISSING": "text",
    }
)

_NOTHING = frozenset(
    [
        "无",
        "没有",
        "理由",
        "原因",
        "说明",
        "备注",
        "内容",
        "无理由",
        "无原因",
        "见附件",
        "见上",
        "同上",
        "如上",
        "如题",
        "略",
        "其他",
        "同意",
        "不同意",
        "已阅",
        "已知悉",
        "测试",
        "理由如下",
        "原因如下",
        "情况如下",
        "具体原因",
        "具体理由",
        "此处填写",
        "待填写",
        "待补充",
        "未填写",
        "na",
        "none",
        "null",
        "test",
        "reason",
        "note",
    ]
)
_FORM = re.compile(r"(?:请|在此|此处|点击)?(?:在此|在此处)?(?:填写|输入|录入|选择|补充)(?:您的|具体|详细|相关)?"
                   r"(?:理由|原因|内容|说明|情况|依据|文字|备注)?")  # fmt: skip
_BLANK = re.compile(r"【[^】]{0,20}】|\{[^}]{0,20}\}|<[^>]{0,20}>|_{2,}|[x×*]{2,}")
_WORD = re.compile(r"[\w]+")


def says_why(text: str) -> bool:
    """Whether it is a reason: what is left without punctuation and blanks to fill in says something of its own."""
    folded = unicodedata.normalize("NFKC", text).lower()
    plain = "".join(_WORD.findall(_BLANK.sub("", folded))).replace("_", "")
    if len(set(plain)) < 2 or plain in _NOTHING or plain.isdecimal():
        return False
    return _FORM.fullmatch(plain) is None
