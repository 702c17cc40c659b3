"""Every field term once: the English name in code, the 中文 beside it (words.md binds; docs/glossary.md explains)."""

from enum import StrEnum


class Term(StrEnum):
    """A word whose value is stored and sent as it stands, and whose 中文 is `zh`."""

    zh: str

    def __new__(cls, value: str, zh: str = "") -> "Term":
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        return member


class Status(Term):
    """状态: where a case stands (words.md §2, exactly these)."""

    DRAFT = "DRAFT", "草稿"
    CALLED = "CALLED", "网格呼叫，待响应"
    REVIEW = "REVIEW", "待审核"
    NEED_INFO = "NEED_INFO", "待补充"
    DISPATCHED = "DISPATCHED", "待签收"
    RETURN_REVIEW = "RETURN_REVIEW", "退单审核中"
    CONSULTATION = "CONSULTATION", "会商"
    HANDLING = "HANDLING", "办理中"
    SUSPENDED = "SUSPENDED", "挂起"
    RESULT_REVIEW = "RESULT_REVIEW", "结果待审"
    FOLLOW_UP = "FOLLOW_UP", "待回访"
    REWORK = "REWORK", "重办中"
    CLOSED = "CLOSED", "办结"
    ANSWERED = "ANSWERED", "直接办结"
    GUIDED = "GUIDED", "引导其他渠道"
    TRANSFERRED = "TRANSFERRED", "已转紧急"
    TERMINATED = "TERMINATED", "终止"
    MERGED = "MERGED", "已合并"
    VOID = "VOID", "作废"
    ARCHIVED = "ARCHIVED", "归档"


class Action(Term):
    """动作: what somebody may do to a case; every one is a row of the table (transitions.py)."""

    ACCEPT = "ACCEPT", "受理"
    CALL = "CALL", "网格呼叫"
    SETTLE = "SETTLE", "自办结"
    ASK_COMMUNITY = "ASK_COMMUNITY", "上报社区"
    TAKE_ON = "TAKE_ON", "中心响应"
    CLASSIFY = "CLASSIFY", "分类"
    ANSWER = "ANSWER", "即时答复"
    GUIDE = "GUIDE", "引导其他渠道"
    TRANSFER = "TRANSFER", "转紧急"
    ASK_INFO = "ASK_INFO", "要求补充"
    SUPPLY_INFO = "SUPPLY_INFO", "补充"
    DISPATCH = "DISPATCH", "派单"
    SIGN = "SIGN", "签收"
    CONTACT = "CONTACT", "先行联系"
    FEEDBACK = "FEEDBACK", "阶段反馈"
    FILE_RESULT = "FILE_RESULT", "提交结果"
    ACCEPT_RESULT = "ACCEPT_RESULT", "审核通过"
    SEND_BACK_RESULT = "SEND_BACK_RESULT", "退回补正"
    ANSWER_SURVEY = "ANSWER_SURVEY", "回访答复"
    RECORD_ATTEMPT = "RECORD_ATTEMPT", "回访未接通"
    CLOSE_UNREACHED = "CLOSE_UNREACHED", "未联系上办结"
    CLOSE_SAMPLED_OUT = "CLOSE_SAMPLED_OUT", "未抽中办结"
    CLOSE_REASONED = "CLOSE_REASONED", "说明理由办结"
    REWORK = "REWORK", "重办"
    WITHDRAW = "WITHDRAW", "撤诉"
    PROPOSE_VOID = "PROPOSE_VOID", "申请作废"
    VOID = "VOID", "作废"
    ARCHIVE = "ARCHIVE", "归档"
    ASK_RETURN = "ASK_RETURN", "申请退单"
    GRANT_RETURN = "GRANT_RETURN", "同意退单"
    REJECT_RETURN = "REJECT_RETURN", "驳回退单"
    CONSULT = "CONSULT", "提交会商"
    DESIGNATE = "DESIGNATE", "指定承办"
    ADD_CO_UNIT = "ADD_CO_UNIT", "加派协办"
    DELEGATE = "DELEGATE", "下派"
    ANSWER_LEAD = "ANSWER_LEAD", "协办反馈"
    ASK_EXTENSION = "ASK_EXTENSION", "申请延期"
    GRANT_EXTENSION = "GRANT_EXTENSION", "批准延期"
    REJECT_EXTENSION = "REJECT_EXTENSION", "不同意延期"
    ASK_SUSPENSION = "ASK_SUSPENSION", "申请挂起"
    GRANT_SUSPENSION = "GRANT_SUSPENSION", "批准挂起"
    REJECT_SUSPENSION = "REJECT_SUSPENSION", "不同意挂起"
    RESUME = "RESUME", "恢复办理"
    PROPOSE_CLOSURE = "PROPOSE_CLOSURE", "申请说明理由办结"
    REJECT_CLOSURE = "REJECT_CLOSURE", "不同意说明理由办结"
    REOPEN = "REOPEN", "重启"
    URGE = "URGE", "催办"
    SUPERVISE = "SUPERVISE", "督办"
    ANSWER_SUPERVISION = "ANSWER_SUPERVISION", "督办回复"
    MERGE = "MERGE", "合并"
    UNMERGE = "UNMERGE", "撤销合并"
    RECLASSIFY = "RECLASSIFY", "变更分类"
    OPEN_MATTER = "OPEN_MATTER", "街镇立件"
    WHISTLE = "WHISTLE", "吹哨"
    REPORT_IN = "REPORT_IN", "报到"
    GIVE_PLAN = "GIVE_PLAN", "处置方案"
    ANSWER_WHISTLE = "ANSWER_WHISTLE", "报到处置结果"
    END_WHISTLE = "END_WHISTLE", "收哨"
    RATE_UNIT = "RATE_UNIT", "评价报到部门"
    RATE_WHISTLE = "RATE_WHISTLE", "评价吹哨"
    RAISE = "RAISE", "提级"
    ASK_LEDGER = "ASK_LEDGER", "申请挂账"
    GRANT_LEDGER = "GRANT_LEDGER", "同意挂账"
    REJECT_LEDGER = "REJECT_LEDGER", "不同意挂账"
    REVIEW_LEDGER = "REVIEW_LEDGER", "挂账复核"
    TAKE_OFF_LEDGER = "TAKE_OFF_LEDGER", "销账"
    SPLIT = "SPLIT", "拆分"
    PASS_CHECK = "PASS_CHECK", "核查通过"
    FAIL_CHECK = "FAIL_CHECK", "核查未解决"
    SCREEN = "SCREEN", "举报保密审查"
    ASK_VERIFY = "ASK_VERIFY", "派核实"
    ANSWER_VERIFY = "ANSWER_VERIFY", "核实答复"
    FORWARD = "FORWARD", "转达表扬"
    ASK_BACKDATED = "ASK_BACKDATED", "申请补录"
    CONFIRM_BACKDATED = "CONFIRM_BACKDATED", "确认补录"
    REJECT_BACKDATED = "REJECT_BACKDATED", "不同意补录"
    ANSWER_RECTIFICATION = "ANSWER_RECTIFICATION", "整改答复"
    ACCEPT_RECTIFICATION = "ACCEPT_RECTIFICATION", "整改通过"
    SEND_BACK_RECTIFICATION = "SEND_BACK_RECTIFICATION", "整改退回"


class MotionKind(Term):
    """申请事项: what one person asks for and another rules on (words.md §1)."""

    RETURN = "RETURN", "退单"
    EXTENSION = "EXTENSION", "延期"
    SUSPENSION = "SUSPENSION", "挂起"
    CLOSURE = "CLOSURE", "说明理由办结"
    LEDGER = "LEDGER", "挂账"
    BACKDATED = "BACKDATED", "补录"


class Backdated(Term):
    """补录事项: what was done and not written down at the time."""

    CONTACT = "CONTACT", "先行联系"
    FEEDBACK = "FEEDBACK", "阶段反馈"
    VISIT = "VISIT", "现场处置"


class Ruling(Term):
    """裁定: what became of what was asked for. DROPPED: the case went another way before anybody ruled."""

    GRANTED = "GRANTED", "同意"
    REJECTED = "REJECTED", "不同意"
    DESIGNATED = "DESIGNATED", "会商指定"
    DROPPED = "DROPPED", "已失效"


class Policy(Term):
    """时限策略: what a change of category, urgency or kind does to the promise that stands."""

    KEEP = "KEEP", "保持原时限"
    EXTEND_ONLY = "EXTEND_ONLY", "只延不缩"
    RECOMPUTE = "RECOMPUTE", "重新计算"


class Rung(Term):
    """督办方式 (domain.md §1.8), from the mildest up."""

    WRITTEN = "WRITTEN", "书面督办"
    ON_SITE = "ON_SITE", "现场督办"
    LISTED = "LISTED", "挂牌督办"
    TALK = "TALK", "约谈"
    DISCIPLINE = "DISCIPLINE", "移送纪检监察"


class Trigger(Term):
    """督办事由: why a supervision was opened (domain.md §1.8)."""

    LATE = "LATE", "超期"
    REWORKS = "REWORKS", "三次重办"
    RETURNS = "RETURNS", "三次退单"
    LEDGER = "LEDGER", "挂账未复核"
    HAND = "HAND", "人工发起"


class CheckIn(Term):
    """报到定位: where a department reported in from. Only ON_SITE is sure; the others are flagged, never refused."""

    ON_SITE = "ON_SITE", "在现场"
    OFF_SITE = "OFF_SITE", "不在现场"
    UNPLACED = "UNPLACED", "位置不明"


class Role(Term):
    """角色: who acts (words.md §5)."""

    AGENT = "AGENT", "受理员"
    DISPATCHER = "DISPATCHER", "派单员"
    REVIEWER = "REVIEWER", "审核员"
    UNIT = "UNIT", "承办经办人"
    UNIT_LEAD = "UNIT_LEAD", "承办负责人"
    GRID_WORKER = "GRID_WORKER", "网格员"
    COMMUNITY = "COMMUNITY", "社区"
    STREET = "STREET", "街镇"
    FOLLOW_UP = "FOLLOW_UP", "回访员"
    SUPERVISION = "SUPERVISION", "督办员"
    LEADER = "LEADER", "分管领导"
    MEDIATOR = "MEDIATOR", "调解员"
    ANALYST = "ANALYST", "报表与督导"
    KNOWLEDGE = "KNOWLEDGE", "知识库管理员"
    SYS_ADMIN = "SYS_ADMIN", "系统管理员"
    SEC_ADMIN = "SEC_ADMIN", "安全管理员"
    AUDIT_ADMIN = "AUDIT_ADMIN", "审计管理员"
    CITIZEN = "CITIZEN", "诉求人"
    UPSTREAM = "UPSTREAM", "上级平台"
    SYSTEM = "SYSTEM", "系统"


ADMIN_ROLES = frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUDIT_ADMIN})
"""三权分立: an account with one of these has no other role (words.md §5)."""

OUTSIDE_ROLES = frozenset({Role.CITIZEN, Role.UPSTREAM, Role.SYSTEM})
"""Roles that no account can hold."""


class Permission(Term):
    """权限 of one account, beside its roles; each use of it is in the audit log."""

    REPORTER_IDENTITY = "REPORTER_IDENTITY", "查看举报人身份"


UNIT_ROLES = frozenset({Role.UNIT, Role.UNIT_LEAD, Role.COMMUNITY, Role.STREET})
"""Roles that act for the unit a case was given to."""


class ClockName(Term):
    """时钟: a promise of time (words.md §3)."""

    RESPOND = "RESPOND", "中心响应"
    DISPATCH = "DISPATCH", "派单"
    SIGN = "SIGN", "签收"
    CONTACT = "CONTACT", "先行联系"
    FEEDBACK = "FEEDBACK", "阶段反馈"
    FINISH = "FINISH", "办结"
    INNER = "INNER", "内部时限"
    REVIEW_RESULT = "REVIEW_RESULT", "结果审核"
    FOLLOW_UP = "FOLLOW_UP", "回访"
    REWORK = "REWORK", "重办"
    REPORT_IN = "REPORT_IN", "报到"
    SUPERVISE = "SUPERVISE", "督办回复"
    LEVEL = "LEVEL", "分级响应"
    RECTIFY = "RECTIFY", "差评整改"


class Stage(Term):
    """时钟节点: a moment on a clock's way; each fires once (words.md §3)."""

    HALF = "HALF", "已用50%"
    MOST = "MOST", "已用80%"
    LAST_DAY = "LAST_DAY", "最后一个工作日"
    TWO_HOURS = "TWO_HOURS", "剩余2小时"
    BREACH = "BREACH", "超期"


class Urgency(Term):
    """紧急程度 (domain.md §4.1 axis C)."""

    E0 = "E0", "特急"
    E1 = "E1", "紧急"
    N = "N", "一般"
    C = "C", "复杂"


class Kind(Term):
    """诉求性质 (words.md §1): the citizen's kinds, then the grid's."""

    CONSULT = "CONSULT", "咨询"
    HELP = "HELP", "求助"
    COMPLAINT = "COMPLAINT", "投诉"
    REPORT = "REPORT", "举报"
    SUGGESTION = "SUGGESTION", "建议"
    PRAISE = "PRAISE", "表扬"
    OTHER = "OTHER", "其他"
    GRID_EVENT = "GRID_EVENT", "事件"
    GRID_PART = "GRID_PART", "部件"
    GRID_HAZARD = "GRID_HAZARD", "隐患"


class Adoption(Term):
    """建议采纳情况: what became of a suggestion."""

    ADOPTED = "ADOPTED", "采纳"
    PARTLY = "PARTLY", "部分采纳"
    NOT_ADOPTED = "NOT_ADOPTED", "未采纳"


class Direction(Term):
    """方向: which of the two ways a case came (words.md §1)."""

    CENTRE = "CENTRE", "中心接件"
    GRID = "GRID", "网格呼叫"


class Level(Term):
    """层级: who holds the case, from the grid up (words.md §1)."""

    GRID = "GRID", "网格"
    COMMUNITY = "COMMUNITY", "社区"
    STREET = "STREET", "街镇"
    COUNTY = "COUNTY", "县区"
    CITY = "CITY", "市州"


class AssignmentKind(Term):
    """办理任务类型 (words.md §1)."""

    LEAD = "LEAD", "主办"
    CO = "CO", "协办"
    DELEGATED = "DELEGATED", "下派"
    VERIFY = "VERIFY", "核实"
    CHECK = "CHECK", "核查"
    RECTIFY = "RECTIFY", "整改"


class Channel(Term):
    """来源渠道 (domain.md §4.1 axis D); `number` are the two digits in the request's number."""

    HOTLINE = "HOTLINE", "12345热线"
    AGENT = "AGENT", "坐席登记"
    WEB = "WEB", "网站"
    WECHAT = "WECHAT", "微信"
    APP = "APP", "手机应用"
    PROVINCE = "PROVINCE", "省平台转办"
    POLICE_110 = "POLICE_110", "110转"
    GRID = "GRID", "网格员上报"
    COMMUNITY = "COMMUNITY", "社区呼叫"
    LETTER = "LETTER", "现场/纸质"
    MEDIA = "MEDIA", "媒体"
    PARTY_STUDIO = "PARTY_STUDIO", "党代表工作室"
    CONGRESS_STUDIO = "CONGRESS_STUDIO", "人大代表工作室"
    CPPCC_STUDIO = "CPPCC_STUDIO", "政协委员工作室"
    OTHER = "OTHER", "其他"

    @property
    def number(self) -> str:
        return f"{_CHANNEL_NUMBERS[self.value]:02d}"


_CHANNEL_NUMBERS = {
    "HOTLINE": 1,
    "AGENT": 2,
    "WEB": 3,
    "WECHAT": 4,
    "APP": 5,
    "PROVINCE": 6,
    "POLICE_110": 7,
    "GRID": 8,
    "COMMUNITY": 9,
    "LETTER": 10,
    "MEDIA": 11,
    "PARTY_STUDIO": 12,
    "CONGRESS_STUDIO": 13,
    "CPPCC_STUDIO": 14,
    "OTHER": 99,
}


class Satisfaction(Term):
    """好差评 five grades (domain.md §5.4)."""

    VERY_GOOD = "VERY_GOOD", "非常满意"
    GOOD = "GOOD", "满意"
    FAIR = "FAIR", "基本满意"
    BAD = "BAD", "不满意"
    VERY_BAD = "VERY_BAD", "非常不满意"


class Rectified(Term):
    """整改情况 of a case, so far: what a bad grade named is being put right, or was, by the limit or after it."""

    OPEN = "OPEN", "整改中"
    IN_TIME = "IN_TIME", "按期整改"
    LATE = "LATE", "逾期整改"


class RectifyStep(Term):
    """整改步骤: where one rectification stands. DROPPED: the person took the grade back, or the case was withdrawn or
    voided."""

    OPEN = "OPEN", "待整改"
    ANSWERED = "ANSWERED", "整改待审"
    ACCEPTED = "ACCEPTED", "整改通过"
    DROPPED = "DROPPED", "已失效"


class Followed(Term):
    """回访结果 of a case, so far: answered by whatever way, tried and not reached, not to be asked (免回访), or left
    out by the sample (未抽中)."""

    ANSWERED = "ANSWERED", "已回访"
    UNREACHED = "UNREACHED", "未接通"
    NOT_ASKED = "NOT_ASKED", "免回访"
    SAMPLED_OUT = "SAMPLED_OUT", "未抽中"


class FindingKind(Term):
    """认定类别: what two persons find of a case."""

    EXCLUSION = "EXCLUSION", "剔除"
    MISSED = "MISSED", "漏报"


class FindingState(Term):
    """认定状态: where a finding stands."""

    PROPOSED = "PROPOSED", "待核准"
    STANDING = "STANDING", "已核准"
    REJECTED = "REJECTED", "不予"
    REVOKED = "REVOKED", "已撤销"


class Exclusion(Term):
    """剔除原因: why a case stays out of the headline rate (words.md §4)."""

    VOID = "VOID", "作废"
    GUIDED = "GUIDED", "引导其他渠道"
    TRANSFERRED = "TRANSFERRED", "转紧急"
    WITHDRAWN = "WITHDRAWN", "到期前撤诉"
    MERGED = "MERGED", "合并子件"
    PRAISE = "PRAISE", "表扬"
    ANSWERED = "ANSWERED", "直接办结（全量口径）"
    SELF_SETTLED = "SELF_SETTLED", "网格或社区自办结"
    NOT_TAKEN_ON = "NOT_TAKEN_ON", "网格呼叫未转诉求"
    LEDGER = "LEDGER", "挂账台账（在账期间）"
    STRUCK = "STRUCK", "剔除台账"


class Record(Term):
    """事件记录: what is written into a case's history without being a move of the table."""

    SUPPLEMENT = "SUPPLEMENT", "补充来件"
    CLOCK = "CLOCK", "时钟节点"
    EVIDENCE = "EVIDENCE", "补充附件"
    ARRIVAL = "ARRIVAL", "到场签到"
    JOINED = "JOINED", "并入子件"
    PARTED = "PARTED", "子件撤出"
    SPLIT_OFF = "SPLIT_OFF", "拆分立件"
    COPIED = "COPIED", "抄送区县"
    MAIN_ANSWERED = "MAIN_ANSWERED", "随主件答复"
    REPLANNED = "REPLANNED", "日历公布后重算时限"
    DISPUTE = "DISPUTE", "纠纷调解"
    FINDING = "FINDING", "剔除或漏报认定"
    HANDED_OVER = "HANDED_OVER", "现场任务移交"
    MINOR = "MINOR", "涉未成年人告知"


class Purpose(Term):
    """附件用途: what a file is for (domain.md §5.2: 诉求附件, 联系证据, 办理附件)."""

    REQUEST = "REQUEST", "诉求附件"
    PAPER = "PAPER", "纸质表单扫描件"
    GRID = "GRID", "网格上报附件"
    CONTACT = "CONTACT", "联系证据"
    RESULT = "RESULT", "办理附件"


class Moment(Term):
    """拍摄时机: before or after the matter was dealt with."""

    BEFORE = "BEFORE", "处置前"
    AFTER = "AFTER", "处置后"


class Media(Term):
    """附件类型 (words.md §6: images and PDF and audio)."""

    IMAGE = "IMAGE", "图片"
    AUDIO = "AUDIO", "录音"
    PDF = "PDF", "PDF文件"


class KnownFrom(Term):
    """来历: how a file's place or time is known."""

    EXIF = "EXIF", "照片自带"
    DEVICE = "DEVICE", "设备定位"
    MANUAL = "MANUAL", "人工填写"


class CallOutcome(Term):
    """通话结果 of a first contact by phone."""

    REACHED = "REACHED", "接通"
    NO_ANSWER = "NO_ANSWER", "无人接听"
    BUSY = "BUSY", "占线"
    SWITCHED_OFF = "SWITCHED_OFF", "关机或停机"
    DECLINED = "DECLINED", "拒接"
    WRONG_NUMBER = "WRONG_NUMBER", "号码有误"


class GridKind(Term):
    """网格类型 (domain.md §3.1): the first three are the communities' own, the last the 数字城管's."""

    GENERAL = "GENERAL", "综合网格"
    EXCLUSIVE = "EXCLUSIVE", "专属网格"
    MICRO = "MICRO", "微网格"
    DUTY = "DUTY", "责任网格"
