"""Logs stay bounded, and their end can be read and followed."""

from pathlib import Path

from manage.standalone.logs import follow, keep_bounded, last_lines


def test_a_log_that_grew_too_large_is_emptied_in_place_and_kept_once(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    with log.open("a") as writer:
        writer.write("old\n" * 100)
        writer.flush()
        keep_bounded(tmp_path, largest=50)
        writer.write("new\n")
    assert log.read_text() == "new\n"
    assert (tmp_path / "api.log.1").read_text() == "old\n" * 100


def test_a_small_log_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "api.log").write_text("one\n")
    keep_bounded(tmp_path, largest=50)
    assert [path.name for path in tmp_path.iterdir()] == ["api.log"]


def test_the_last_lines_come_oldest_first(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("一\n二\n三\n")
    assert last_lines(log, 2) == ["二", "三"]
    assert last_lines(log, 0) == []


def test_following_gives_whole_lines_and_survives_an_emptied_log(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("before\n" * 10)
    lines = follow([log], poll_s=0)
    assert next(lines) is None  # nothing new
    with log.open("a") as writer:
        writer.write("first\nhalf")
    assert next(lines) == (log, "first")
    assert next(lines) is None
    with log.open("a") as writer:
        writer.write(" done\n")
    assert next(lines) == (log, "half done")
    assert next(lines) is None
    log.write_text("anew\n")
    assert next(lines) == (log, "anew")
