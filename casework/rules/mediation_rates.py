"""What mediation is measured by 调解指标 (domain.md §9.5), each defined once; rates add up and are never averaged."""

from dataclasses import dataclass

from casework.rules.rates import Rate


@dataclass(frozen=True, slots=True)
class DisputeCounts:
    """A period's disputes of an area.

    `found`: reported in the period; `inspected`: of those by inspection or the grid. `registered` in the period;
    `accepted`: of those taken on after all were willing. `concluded` in the period, mediated before; `agreed`: of those
    with an agreement in force; `days`: from acceptance to conclusion, summed, natural. `due`: agreements in force whose
    day of performance lies in the period; `performed`: of those performed by now. `in_force`: agreements that came into
    force in the period; `confirmed`: of those by a court; `recurred`: of those between whose parties another dispute
    was registered since. `warned`: disputes for which a danger was told, `criminal`: that became criminal cases, of
    those ended in the period.
    """

    found: int = 0
    inspected: int = 0
    registered: int = 0
    accepted: int = 0
    concluded: int = 0
    agreed: int = 0
    days: float = 0.0
    due: int = 0
    performed: int = 0
    in_force: int = 0
    confirmed: int = 0
    recurred: int = 0
    warned: int = 0
    criminal: int = 0

    @property
    def inspection(self) -> Rate:
        """排查率: found by those who looked, not by those who came."""
        return Rate(self.inspected, self.found)

    @property
    def acceptance(self) -> Rate:
        """受理率."""
        return Rate(self.accepted, self.registered)

    @property
    def success(self) -> Rate:
        """调解成功率 = 成功 ÷ 调结数."""
        return Rate(self.agreed, self.concluded)

    @property
    def performance(self) -> Rate:
        """协议履行率."""
        return Rate(self.performed, self.due)

    @property
    def confirmation(self) -> Rate:
        """司法确认率."""
        return Rate(self.confirmed, self.in_force)

    @property
    def recurrence(self) -> Rate:
        """复发率."""
        return Rate(self.recurred, self.in_force)

    @property
    def mean_days(self) -> float | None:
        """平均天数; None where nothing was concluded."""
        return self.days / self.concluded if self.concluded else None
