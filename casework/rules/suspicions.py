"""防注水检查: what is looked for in figures that are too good (domain.md §6 anti-gaming checks)."""

from casework.rules.words import Term


class Check(Term):
    """检查项. The bounds are the city's (data/rates.toml)."""

    QUICK = "QUICK", "签收后很快办结"
    SAME_REPLY = "SAME_REPLY", "重复使用同一答复"
    DOUBTFUL_CONTACT = "DOUBTFUL_CONTACT", "先行联系存疑"
    LATE_EXTENSION = "LATE_EXTENSION", "期限将满才申请延期"
    MANY_EXCLUDED = "MANY_EXCLUDED", "剔除件占比过高"
    REVOKED_AFTER_FREEZE = "REVOKED_AFTER_FREEZE", "冻结后不久即返工或重启"
    MASS_FILING = "MASS_FILING", "深夜集中提交结果"
