"""The words of a grid worker's life 网格员管理, each once with its 中文 (domain.md §3.9; see docs/glossary.md)."""

from casework.rules.words import Term


class WorkerStage(Term):
    """网格员状态: where a person stands as a grid worker."""

    ADMITTED = "ADMITTED", "已录用"
    TRAINING = "TRAINING", "培训中"
    ON_DUTY = "ON_DUTY", "在岗"
    SUSPENDED = "SUSPENDED", "停岗"
    EXITED = "EXITED", "已退出"


class WorkerStep(Term):
    """网格员管理动作: every one is a row of rules/worker_life.py."""

    ADMIT = "ADMIT", "录用"
    TRAIN = "TRAIN", "培训"
    POST = "POST", "上岗"
    ASSESS = "ASSESS", "考核"
    REASSIGN = "REASSIGN", "统筹调整网格"
    SUSPEND = "SUSPEND", "停岗"
    RESTORE = "RESTORE", "复岗"
    EXIT = "EXIT", "退出"


class ExitReason(Term):
    """退出原因 (domain.md §3.9): who told residents' secrets does not come back."""

    RESIGNED = "RESIGNED", "辞职"
    UNFIT = "UNFIT", "不能胜任"
    PRIVACY = "PRIVACY", "泄露居民信息"
    FAILED_ASSESSMENT = "FAILED_ASSESSMENT", "考核不合格"
    OTHER = "OTHER", "其他"
