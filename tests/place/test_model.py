"""A trained model answers, explains itself, is the same when made again, and is refused when it is not what it was."""

import io
import json
import pickle

import numpy as np
import pytest

from casework.place.lexicon import Entry, Lexicon
from casework.place.measures import bins, coverage_at, macro_f1, precision_at
from casework.place.model import Class, Model
from casework.place.model_file import ModelUnusable, from_bytes, to_bytes
from casework.place.suggester import Suggester, class_of
from casework.place.training import Lesson, TooFewTexts, learnable, train
from casework.rules.phrases import phrase
from tests.place.lessons import CLASSES, lessons

NOTHING = [0.0, 0.0, 0.0]


@pytest.fixture(scope="module")
def model() -> Model:
    return train(lessons(), CLASSES, {"version": "2026-11-23.1"})


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("天府广场的路灯坏了", "0204", "路灯"),
        ("巷子里垃圾没人清理", "0401", "垃圾"),
        ("包工头还没给我们发工资", "1001", "工资"),
    ],
)
def test_it_answers_and_says_by_which_words(model: Model, text: str, code: str, word: str) -> None:
    likely = model.likelihood(model.read("", text), NOTHING)
    assert model.classes[int(likely.argmax())].name == code
    assert likely.sum() == pytest.approx(1)
    assert any(word in one or one in word for one in model.words(model.read("", text), int(likely.argmax())))


@pytest.mark.parametrize("text", ["", "。", "😀", "\x00", "a" * 100_000, "\ud800"])
def test_any_text_is_answered(model: Model, text: str) -> None:
    assert model.likelihood(model.read("", text), NOTHING).sum() == pytest.approx(1)


def test_the_same_lessons_make_the_same_model(model: Model) -> None:
    again = train(lessons(), CLASSES, {"version": "2026-11-23.1"})
    assert np.array_equal(again.weights, model.weights)
    assert np.array_equal(again.kept, model.kept)


def test_it_comes_back_from_its_file_as_it_was(model: Model) -> None:
    back = from_bytes(to_bytes(model))
    assert back.card == model.card
    assert back.classes == model.classes
    for text in ("路灯不亮", "没有清运垃圾", "欠薪"):
        said = model.likelihood(model.read("", text), NOTHING)
        assert back.likelihood(back.read("", text), NOTHING) == pytest.approx(said, abs=1e-2)


def test_it_holds_no_characters_of_the_texts_it_learned_from(model: Model) -> None:
    content = to_bytes(model)
    for word in ("大慈寺", "桂溪", "路灯"):
        for coding in ("utf-8", "utf-16-le", "utf-32-le", "gb18030"):
            assert word.encode(coding) not in content
    assert model.kept.dtype == np.uint32


def test_a_changed_byte_anywhere_is_found(model: Model) -> None:
    content = to_bytes(model)
    for at in range(0, len(content), max(1, len(content) // 60)):
        broken = bytearray(content)
        broken[at] ^= 0x55
        try:
            back = from_bytes(bytes(broken))
        except ModelUnusable:
            continue
        # a byte of the wrapping alone: what was read is what was written
        assert back.card == model.card
        assert np.array_equal(back.weights, model.weights)


def _unpickled_anywhere() -> None:
    raise AssertionError("a model file was executed")


class _Trap:
    def __reduce__(self) -> tuple[object, tuple[()]]:
        return _unpickled_anywhere, ()


def _npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _head(**other: object) -> np.ndarray:
    written = {"format": "gridcall-category-model/1", "card": {}, "classes": [["a", ["01"]]], **other}
    return np.frombuffer(json.dumps(written).encode(), dtype=np.uint8)


_TRAP = np.array([_Trap()], dtype=object)
_ZERO = np.zeros(1, dtype=np.float32)
_REST = {name: _ZERO for name in ("digest", "kept", "rarity", "weights", "bias", "of_lexicon")}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "FOREIGN"),
        (b"not a model", "FOREIGN"),
        (pickle.dumps({"a": 1}), "FOREIGN"),
        (b"PK\x03\x04broken", "DAMAGED"),
        (_npz(weights=_ZERO), "DAMAGED"),
        (_npz(head=_TRAP, **_REST), "DAMAGED"),
        (_npz(head=_head(), **_REST), "DAMAGED"),
        (_npz(head=_head(format="somebody-else/1"), **_REST), "FOREIGN"),
        (_npz(head=_head(format="gridcall-category-model/9"), **_REST), "NEWER"),
    ],
)
def test_a_foreign_or_broken_file_is_refused_and_never_executed(content: bytes, code: str) -> None:
    with pytest.raises(ModelUnusable) as caught:
        from_bytes(content)
    assert caught.value.code == code


def test_a_label_with_too_few_texts_is_left_to_the_lexicon() -> None:
    assert learnable(["a"] * 5 + ["b"] * 9 + ["c"] * 4) == ["a", "b"]
    with pytest.raises(TooFewTexts):
        learnable(["a"] * 50 + ["b"] * 4)


def test_what_the_model_leaves_out_the_lexicon_keeps(model: Model) -> None:
    words = Lexicon([Entry("1208", 3, phrase("健身房")), Entry("0204", 3, phrase("路灯"))])
    both = Suggester(words, ["0204", "0401", "1001", "1208"], {}, model)
    assert both.suggest("健身房倒闭", "健身房关门退不了钱，健身房没人。").best[0].code == "1208"
    lamp = both.suggest("路灯不亮", "路灯坏了没人修")
    assert lamp.best[0].code == "0204"
    assert lamp.calibrated
    assert lamp.source == "2026-11-23.1"


def test_a_class_of_several_categories_is_shared_as_the_lexicon_has_it() -> None:
    wide = [Class("市政", ("02",)), Class("垃圾", ("0401",)), Class("劳动", ("10",))]
    of = {"0204": "市政", "0401": "垃圾", "1001": "劳动"}
    taught = [Lesson("", one.text, of[one.label], one.share) for one in lessons()]
    words = Lexicon(
        [Entry("0204", 3, phrase("路灯")), Entry("0203", 3, phrase("井盖")), Entry("1003", 3, phrase("工伤"))]
    )
    both = Suggester(words, ["0203", "0204", "0401", "1003"], {}, train(taught, wide, {"version": "x"}))
    found = both.suggest("", "路灯坏了没人修，晚上一片漆黑")
    assert found.best[0].code == "0204"
    assert not found.calibrated  # the model named 市政, which category of it the lexicon guessed


def test_what_the_model_names_and_nothing_places_the_lexicon_answers() -> None:
    wide = [Class("市政", ("02",)), Class("垃圾", ("0401",)), Class("劳动", ("10",))]
    of = {"0204": "市政", "0401": "垃圾", "1001": "劳动"}
    trained = train([Lesson("", one.text, of[one.label], one.share) for one in lessons()], wide, {"version": "x"})
    words = Lexicon([Entry("1003", 3, phrase("工伤"))])
    text = "路灯坏了没人修，晚上没有路灯一片漆黑，那天还有人工伤"
    labour = float(trained.likelihood(trained.read("", text), [0.0, 0.0, 1.0])[2])
    found = Suggester(words, ["0203", "0204", "0401", "1003"], {}, trained).suggest("", text)
    assert labour < 0.5  # the model says 市政, of which the lexicon names no category
    assert found.best[0].code == "1003"
    assert found.best[0].confidence > labour + 0.1
    assert not found.calibrated


def test_the_longest_prefix_says_which_class_a_category_is_in() -> None:
    classes = [Class("城乡", ("01", "0407")), Class("环境", ("04",))]
    assert [class_of(classes, code) for code in ("0102", "0407", "0401", "0901")] == [0, 0, 1, None]


def test_the_measures_are_what_they_say() -> None:
    assert macro_f1(list("aaab"), list("aabb")) == pytest.approx((0.8 + 2 / 3) / 2)
    right = np.array([True, True, True, False, True])
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    assert precision_at(right, sure, 0.6) == 1
    assert coverage_at(right, sure, 1.0) == (pytest.approx(0.6), pytest.approx(0.7))
    assert coverage_at(~right, sure, 1.0) == (0.0, 1.0)
    assert sum(one.texts for one in bins(right, sure)) == 5
