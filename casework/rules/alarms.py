"""Who is told when a clock reaches a stage 到点提醒: its holder is warned, the centre learns of a breach at once."""

from casework.rules.words import ClockName, Role, Stage

HOLDER: dict[ClockName, Role] = {
    ClockName.RESPOND: Role.DISPATCHER,
    ClockName.DISPATCH: Role.DISPATCHER,
    ClockName.SIGN: Role.UNIT,
    ClockName.CONTACT: Role.UNIT,
    ClockName.FEEDBACK: Role.UNIT,
    ClockName.FINISH: Role.UNIT,
    ClockName.INNER: Role.UNIT,
    ClockName.REVIEW_RESULT: Role.REVIEWER,
    ClockName.FOLLOW_UP: Role.FOLLOW_UP,
    ClockName.REWORK: Role.UNIT,
    ClockName.REPORT_IN: Role.UNIT,
    ClockName.SUPERVISE: Role.UNIT,
    ClockName.LEVEL: Role.DISPATCHER,
    ClockName.RECTIFY: Role.UNIT,
}
"""Whose promise a clock is."""


def tells(clock: ClockName, stage: Stage) -> tuple[Role, ...]:
    """The roles owed a notice. While no unit has the case, a notice to the unit falls away.

    UNIT is whoever the clock hangs on, STREET the lead: it is told when a department that it called does not come.
    """
    holder = HOLDER[clock]
    if stage is not Stage.BREACH:
        return (holder,)
    if clock is ClockName.REPORT_IN:
        return (holder, Role.STREET, Role.DISPATCHER, Role.SUPERVISION)
    if clock is ClockName.RECTIFY:
        return (holder, Role.FOLLOW_UP, Role.SUPERVISION)
    return (holder, Role.SUPERVISION) if holder is Role.DISPATCHER else (holder, Role.DISPATCHER, Role.SUPERVISION)
