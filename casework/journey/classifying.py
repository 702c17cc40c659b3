"""Which category 分类建议: what a process knows of classifying, and the worker that suggests behind the commit.

The model is asked for every few seconds by its number; a changed one is read beside the old, which answers till then.
A model that cannot be read is told in the log, and the lexicon answers.
"""

import asyncio
import time
from dataclasses import dataclass, field

from casework.catalog.load import Catalog
from casework.db import classifying as rows
from casework.db.session import Database
from casework.kit.logs import get_logger
from casework.place.lexicon import Entry, Lexicon
from casework.place.model import Model
from casework.place.model_file import ModelUnusable, from_bytes
from casework.place.suggester import Guesses, Suggester

LOOK_EVERY_S = 5.0


def suggester_of(catalog: Catalog, model: Model | None = None) -> Suggester:
    """The suggester over a catalogue: second-level categories in use are offered, replaced ones lead to theirs."""
    offered = [code for code, one in catalog.categories.items() if one.parent and not one.retired]
    replaced = {code: one.replaced_by for code, one in catalog.categories.items() if one.retired and one.replaced_by}
    return Suggester(Lexicon(Entry(*word) for word in catalog.classifying.lexicon), offered, replaced, model)


@dataclass
class Classifier:
    """Of one city, in one process."""

    catalog: Catalog
    database: Database
    _suggester: Suggester | None = None
    _model_id: int | None = None
    _looked_at: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def suggester(self) -> Suggester:
        """What answers now, seconds old at most. The first asker waits until it is made."""
        if self._suggester is None or time.monotonic() - self._looked_at > LOOK_EVERY_S:
            async with self._lock:
                if self._suggester is None or time.monotonic() - self._looked_at > LOOK_EVERY_S:
                    await self.look()
        assert self._suggester is not None
        return self._suggester

    async def look(self) -> None:
        """Ask which model is in force, and read it if it is another one."""
        pool = await self.database.pool()
        wanted = await rows.in_force(pool)
        if self._suggester is None or wanted != self._model_id:
            content = await rows.file_of(pool, wanted) if wanted is not None else None
            self._suggester = await asyncio.to_thread(self._made, wanted, content)
            self._model_id = wanted
        self._looked_at = time.monotonic()

    def _made(self, model_id: int | None, content: bytes | None) -> Suggester:
        try:
            return suggester_of(self.catalog, from_bytes(content) if content is not None else None)
        except ModelUnusable as unusable:
            get_logger().error("category_model.unusable", model_id=model_id, why=unusable.code)
            return suggester_of(self.catalog)

    async def suggest_missing(self, *, limit: int) -> list[tuple[rows.Unsorted, Guesses]]:
        """Suggest for cases that wait without a category and without a suggestion; those that were dealt with. Safe
        beside itself: a case keeps the suggestion that was first."""
        pool, answers = await self.database.pool(), await self.suggester()
        done = []
        for one in await rows.unsorted(pool, limit=limit):
            found = answers.suggest(one.title, one.text)
            best = [(guess.code, guess.confidence, guess.words) for guess in found.best]
            await rows.write(pool, one.id, rows.Suggested(found.source, found.calibrated, best))
            done.append((one, found))
        return done
