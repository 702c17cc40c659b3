"""The dispatch catalogue as it is asked 派单目录: its rules in their order, and which of them nothing ever reaches."""

from collections.abc import Iterable

from casework.rules.dispatch_rule import DispatchRule


class RuleBook:
    """The rules in the order they are asked, indexed by category prefix; built once, asked thousands of times.

    Of one priority a city's own rules are asked before those of the base beneath.
    """

    def __init__(self, rules: Iterable[DispatchRule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: (rule.priority, rule.version == 0)))
        prefixes = {rule.category for rule in self.rules} | {""}
        self._by_category = {
            prefix: tuple(rule for rule in self.rules if prefix.startswith(rule.category)) for prefix in prefixes
        }
        self._by_place = {prefix for prefix, asked in self._by_category.items() if any(r.place_type for r in asked)}
        self._by_owner = {prefix for prefix, asked in self._by_category.items() if any(r.owner for r in asked)}
        self._by_id = {rule.id: rule for rule in self.rules}

    def asked_for(self, category: str) -> tuple[DispatchRule, ...]:
        """The rules whose category is a prefix of this one, in the order they are asked."""
        return self._by_category[self._known(category)]

    def asks_place(self, category: str) -> bool:
        """Whether a rule for the category wants to know the place type."""
        return self._known(category) in self._by_place

    def asks_owner(self, category: str) -> bool:
        """Whether a rule for the category wants to know the owner."""
        return self._known(category) in self._by_owner

    def _known(self, category: str) -> str:
        while category not in self._by_category:
            category = category[:-1]
        return category

    def get(self, rule_id: str) -> DispatchRule | None:
        return self._by_id.get(rule_id)

    def unreachable(self) -> list[tuple[DispatchRule, DispatchRule]]:
        """Pairs (rule, the earlier rule that takes all its cases)."""
        return [(rule, earlier) for rule in self.rules if (earlier := self.shadow_of(rule)) is not None]

    def shadow_of(self, rule: DispatchRule) -> DispatchRule | None:
        """The first earlier rule that takes all cases of this one, which is a rule of this book."""
        for earlier in self.asked_for(rule.category):
            if earlier is rule:
                break
            if earlier.covers(rule):
                return earlier
        return None
