"""The words of mediation 矛盾纠纷化解, each once with its 中文 (words.md §1, domain.md §9; see docs/glossary.md)."""

from casework.rules.words import Level, Term


class DisputeStatus(Term):
    """纠纷状态: where a dispute stands (domain.md §9.5); the value is the code of that list."""

    CLUE = "M00", "线索"
    REGISTERED = "M10", "登记"
    SCREENING = "M15", "甄别"
    WILLINGNESS = "M20", "征询意愿"
    ACCEPTED = "M30", "受理，待调解员接手"
    MEDIATING = "M40", "调解中"
    EXTENDED = "M41", "延期调解中"
    FAILED = "M45", "调解不成或终止"
    GUIDED = "M46", "已引导其他途径"
    RAISED = "M47", "上报提级"
    WARNED = "M48", "民转刑预警"
    AGREED = "M50", "达成协议，待各方签认"
    PERFORMING = "M60", "履行中"
    CONFIRMATION = "M65", "司法确认中"
    PERFORMED = "M70", "履行完毕"
    FOLLOWED_UP = "M80", "已回访"
    ARCHIVED = "M90", "归档"


class DisputeAction(Term):
    """纠纷动作: what somebody may do to a dispute; every one is a row of the table (mediation.py)."""

    REGISTER = "REGISTER", "登记"
    DISMISS = "DISMISS", "线索不实"
    SCREEN = "SCREEN", "开始甄别"
    SUITABLE = "SUITABLE", "适合调解"
    UNSUITABLE = "UNSUITABLE", "不适合调解"
    RECORD_WILL = "RECORD_WILL", "记录意愿"
    ASSIGN = "ASSIGN", "指派调解员"
    TAKE = "TAKE", "接手调解"
    RECUSE = "RECUSE", "回避"
    HOLD_SESSION = "HOLD_SESSION", "调解会"
    EXTEND = "EXTEND", "延期"
    AGREE = "AGREE", "达成协议"
    SIGN_AGREEMENT = "SIGN_AGREEMENT", "签认协议"
    TERMINATE = "TERMINATE", "终止调解"
    EXPIRE = "EXPIRE", "期满未成"
    GUIDE = "GUIDE", "引导其他途径"
    APPLY_CONFIRMATION = "APPLY_CONFIRMATION", "申请司法确认"
    COURT_ACCEPTS = "COURT_ACCEPTS", "法院受理"
    COURT_CONFIRMS = "COURT_CONFIRMS", "法院确认"
    COURT_REJECTS = "COURT_REJECTS", "法院驳回"
    WITHDRAW_APPLICATION = "WITHDRAW_APPLICATION", "撤回确认申请"
    RECORD_PERFORMANCE = "RECORD_PERFORMANCE", "记录履行"
    COMPLETE = "COMPLETE", "履行完毕"
    FOLLOW_UP = "FOLLOW_UP", "回访"
    ARCHIVE = "ARCHIVE", "归档"
    GRADE = "GRADE", "风险评级"
    WARN = "WARN", "民转刑预警"
    LIFT_WARNING = "LIFT_WARNING", "解除预警"
    HAND_TO_POLICE = "HAND_TO_POLICE", "移送公安"
    RAISE = "RAISE", "上报提级"
    TAKE_UP = "TAKE_UP", "上级接手"
    SEND_DOWN = "SEND_DOWN", "上级退回"
    HAND_OVER = "HAND_OVER", "对接移交"
    ANSWER_LINK = "ANSWER_LINK", "对接反馈"


class DisputeRecord(Term):
    """纠纷记录: what is written into a dispute's history without being a move of the table."""

    FOUND = "FOUND", "发现线索"
    BREACH = "BREACH", "超期"


class DisputeClock(Term):
    """纠纷时钟: a limit of time in mediation (domain.md §9.3); the figures are the catalogue's."""

    ACCEPT = "ACCEPT", "甄别受理"
    ASSIGN = "ASSIGN", "调解员接手"
    MEDIATE = "MEDIATE", "调解期限"
    LEVEL = "LEVEL", "上级接手"
    REPORT = "REPORT", "红色风险报公安"
    CONFIRM = "CONFIRM", "申请司法确认"
    COURT_ACCEPT = "COURT_ACCEPT", "法院决定受理"
    COURT_REVIEW = "COURT_REVIEW", "法院审查"
    PERFORM = "PERFORM", "协议履行"
    FOLLOW_UP = "FOLLOW_UP", "回访"


class Track(Term):
    """调解途径: under which rules the dispute is mediated; its limits hang on it (domain.md §9.3)."""

    PEOPLE = "PEOPLE", "人民调解"
    COURT_BEFORE = "COURT_BEFORE", "法院委派调解（立案前）"
    COURT_AFTER = "COURT_AFTER", "法院委托调解（普通程序）"
    COURT_SIMPLE = "COURT_SIMPLE", "法院委托调解（简易程序）"
    LABOUR = "LABOUR", "劳动争议调解"
    ADMINISTRATIVE = "ADMINISTRATIVE", "行政调解"
    POLICE = "POLICE", "治安调解"
    CONSUMER = "CONSUMER", "消费争议调解"


class Risk(Term):
    """风险等级 (domain.md §9.2): red is the danger that a civil matter turns criminal."""

    RED = "RED", "红"
    ORANGE = "ORANGE", "橙"
    YELLOW = "YELLOW", "黄"
    BLUE = "BLUE", "蓝"


class Origin(Term):
    """纠纷来源: how a dispute became known."""

    INSPECTION = "INSPECTION", "排查"
    REPORTED = "REPORTED", "网格上报"
    APPLICATION = "APPLICATION", "当事人申请"
    HOTLINE = "HOTLINE", "12345转入"
    COURT = "COURT", "法院移送"
    POLICE = "POLICE", "公安移送"
    PROCURATORATE = "PROCURATORATE", "检察移送"
    PETITION = "PETITION", "信访移送"


class Side(Term):
    """当事人地位."""

    APPLICANT = "APPLICANT", "申请人"
    RESPONDENT = "RESPONDENT", "被申请人"
    THIRD = "THIRD", "第三人"


class Form(Term):
    """协议形式 (人民调解法 §28)."""

    WRITTEN = "WRITTEN", "书面协议"
    ORAL = "ORAL", "口头协议"


class LinkKind(Term):
    """对接: with whom a dispute is handed over and back (domain.md §9.4)."""

    COURT = "COURT", "诉调对接"
    POLICE = "POLICE", "公调对接"
    PROCURATORATE = "PROCURATORATE", "检调对接"
    PETITION = "PETITION", "访调对接"
    LABOUR = "LABOUR", "劳调对接"
    ARBITRATION = "ARBITRATION", "仲调对接"


class LinkWay(Term):
    """移交方向."""

    IN = "IN", "移入"
    OUT = "OUT", "移出"


class Confirmation(Term):
    """司法确认结果."""

    CONFIRMED = "CONFIRMED", "裁定有效"
    REJECTED = "REJECTED", "裁定驳回"
    WITHDRAWN = "WITHDRAWN", "撤回申请"


LEVELS = (Level.COMMUNITY, Level.STREET, Level.COUNTY, Level.CITY)
"""四级中心, from the lowest up (domain.md §9.5 M47)."""

LEVEL_DIGITS = {Level.COMMUNITY: 12, Level.STREET: 9, Level.COUNTY: 6, Level.CITY: 4}
"""How many digits of the administrative code name a centre's area (words.md §5)."""


def level_above(level: Level) -> Level | None:
    """The next centre up; None above the city's."""
    place = LEVELS.index(level) + 1
    return LEVELS[place] if place < len(LEVELS) else None
