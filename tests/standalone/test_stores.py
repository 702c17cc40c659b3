"""The stores start as anyone, keep what they were given, and say in one sentence why they do not start."""

import os
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from manage.standalone import folder as folder_module
from manage.standalone import postgres
from manage.standalone.folder import read_json
from manage.standalone.stores import Stores, discard, start_stores, with_driver
from manage.texts import Sorry

Sql = Callable[[str, str], str]
Gone = Callable[[list[int]], bool]

_HOLDS_STORES = """
import sys, time
from pathlib import Path
from manage.standalone.stores import start_stores
stores = start_stores(Path(sys.argv[1]), fsync=False)
print(*(child.pid for child in stores.children))
time.sleep(600)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database in it, its name as a Chinese user might choose it."""
    path = tmp_path_factory.mktemp("数据 一") / "var"
    start_stores(path, fsync=False).stop()
    return path


@pytest.fixture
def stores(data: Path) -> Iterator[Stores]:
    with start_stores(data, fsync=False) as running:
        yield running


def pid_of(stores: Stores, name: str) -> int:
    return next(child.pid for child in stores.children if child.program.name == name)


def test_what_was_written_is_found_again_after_a_stop(data: Path, sql: Sql) -> None:
    with start_stores(data) as first:
        sql(first.database_url, "create table kept_stop (word text); insert into kept_stop values ('武侯祠')")
    with start_stores(data) as second:
        assert sql(second.database_url, "select word from kept_stop") == "武侯祠"
        assert second.database_url == first.database_url


def test_what_was_written_is_found_again_after_postgres_was_killed(data: Path, sql: Sql, gone: Gone) -> None:
    with start_stores(data) as first:
        sql(first.database_url, "create table kept_kill (word text); insert into kept_kill values ('扶梯')")
        os.kill(pid_of(first, "postgres"), signal.SIGKILL)
    with start_stores(data) as second:
        assert sql(second.database_url, "select word from kept_kill") == "扶梯"


def test_trigram_search_finds_chinese(stores: Stores, sql: Sql) -> None:
    assert float(sql(stores.database_url, "select similarity('武侯祠景区扶梯', '武侯祠扶梯')")) > 0.3


def test_a_locale_that_is_blind_to_chinese_is_refused(
    stores: Stores, sql: Sql, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql(stores.database_url, "create database blind template template0 locale 'C'")
    monkeypatch.setattr(postgres, "DATABASE", "blind")
    with pytest.raises(Sorry) as refused:
        stores.checks[0]()
    assert refused.value.key == "stores.no_chinese"


def test_the_parents_death_by_kill_leaves_nothing_behind(tmp_path: Path, python, gone: Gone) -> None:
    parent = python("-c", _HOLDS_STORES, str(tmp_path))
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    assert gone(pids)


def test_a_folder_in_use_is_refused(stores: Stores, data: Path) -> None:
    with pytest.raises(Sorry, match="is in use by another GridCall"):
        start_stores(data)


def test_a_folder_of_someone_else_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    someone_else = os.geteuid() + 1
    monkeypatch.setattr(folder_module.os, "geteuid", lambda: someone_else)
    with pytest.raises(Sorry, match="belongs to"):
        start_stores(data)


def test_a_nearly_full_disk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Sorry, match="Too little disk"):
        start_stores(tmp_path / "var", needed_mb=10**9)


def test_a_place_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(Sorry, match="cannot be written"):
        start_stores(Path("/dev/null/var"))


def test_a_refused_start_gives_the_folder_free(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", "/nowhere")
    with pytest.raises(Sorry, match="/nowhere is not installed"):
        start_stores(data)
    monkeypatch.delenv("PG_BIN")
    start_stores(data, fsync=False).stop()


def test_an_interrupted_creation_is_begun_again(tmp_path: Path, sql: Sql) -> None:
    (tmp_path / "pg.new").mkdir(parents=True)
    (tmp_path / "pg.new" / "PG_VERSION").write_text("18\n")
    with start_stores(tmp_path, fsync=False) as stores:
        assert sql(stores.database_url, "select 1") == "1"
    assert not (tmp_path / "pg.new").exists()


def test_what_we_do_not_know_is_kept_out_of_the_way(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir(parents=True)
    (tmp_path / "pg" / "somebodys.txt").write_text("mine")
    start_stores(tmp_path, fsync=False).stop()
    assert [path.read_text() for path in tmp_path.glob("pg.unknown-*/somebodys.txt")] == ["mine"]


def test_a_stale_pid_file_whose_pid_lives_again_does_not_stop_the_start(data: Path, sql: Sql, python) -> None:
    someone = python("-c", "import time; time.sleep(600)").pid
    (data / "pg" / "postmaster.pid").write_text(f"{someone}\n{data / 'pg'}\n1700000000\n5432\n\n127.0.0.1\n")
    with start_stores(data, fsync=False) as stores:
        assert sql(stores.database_url, "select 1") == "1"


def test_a_postmaster_left_behind_is_stopped_first(tmp_path: Path, python, sql: Sql, gone: Gone) -> None:
    """As on a system where children do not die with their parent."""
    without_tie = "import manage.standalone.credentials as c; c._PR_SET_PDEATHSIG = 9999" + _HOLDS_STORES
    holder = python("-c", without_tie, str(tmp_path))
    pids = [int(pid) for pid in holder.stdout.readline().split()]
    holder.kill()
    holder.wait()
    assert psutil.pid_exists(pids[0])
    with start_stores(tmp_path, fsync=False) as stores:
        assert sql(stores.database_url, "select 1") == "1"
        assert gone(pids[:1])
    os.kill(pids[1], signal.SIGKILL)


def test_a_database_without_its_passwords_is_refused(tmp_path: Path) -> None:
    start_stores(tmp_path, fsync=False).stop()
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(Sorry, match=r"state\.json"):
        start_stores(tmp_path)


def test_passwords_are_seen_by_the_owner_only(stores: Stores, data: Path) -> None:
    state = read_json(data / "state.json")
    for secret in ("state.json", "valkey/valkey.conf"):
        assert stat.S_IMODE((data / secret).stat().st_mode) == 0o600
    for child in stores.children:
        shown = " ".join(psutil.Process(child.pid).cmdline())
        assert state["pg_password"] not in shown
        assert state["valkey_password"] not in shown


def test_as_root_without_user_namespaces_the_database_moves_to_nobody(
    tmp_path: Path, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An ordinary user has nothing to move, and the same must hold: what was written is found again."""
    with start_stores(tmp_path, fsync=False) as before:
        sql(before.database_url, "create table kept_move (word text); insert into kept_move values ('街道')")
    monkeypatch.setenv("GRIDCALL_NO_USERNS", "1")
    try:
        with start_stores(tmp_path, fsync=False) as stores:
            assert sql(stores.database_url, "select word from kept_move") == "街道"
            assert psutil.Process(pid_of(stores, "postgres")).uids().real != 0
        monkeypatch.delenv("GRIDCALL_NO_USERNS")
        with start_stores(tmp_path, fsync=False) as stores:
            assert sql(stores.database_url, "select word from kept_move") == "街道"
    finally:
        moved = read_json(tmp_path / "state.json").get("pg_moved_to")
        discard(tmp_path)
    assert not tmp_path.exists()
    assert moved is None or not Path(moved).parent.exists()


@pytest.mark.parametrize(
    ("given", "started"),
    [
        ({"DATABASE_URL": "postgresql://u:p@db.example/x"}, ["valkey"]),
        ({"REDIS_URL": "redis://cache.example/0"}, ["postgres"]),
        ({"DATABASE_URL": "postgresql://u:p@db.example/x", "REDIS_URL": "redis://cache.example/0"}, []),
    ],
)
def test_a_store_named_by_the_environment_is_not_started(
    given: dict[str, str], started: list[str], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, url in given.items():
        monkeypatch.setenv(name, url)
    with start_stores(data, fsync=False) as stores:
        assert [child.program.name for child in stores.children] == started
        if "DATABASE_URL" in given:
            assert stores.database_url == "postgresql+asyncpg://u:p@db.example/x"
        if "REDIS_URL" in given:
            assert stores.redis_url == "redis://cache.example/0"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql+asyncpg://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("mysql://u@h/d", "mysql://u@h/d"),  # the settings refuse it with a sentence of their own
    ],
)
def test_a_database_address_gets_the_driver_it_needs(given: str, used: str) -> None:
    assert with_driver(given) == used


def test_the_stores_are_started_from_the_main_thread_only(tmp_path: Path) -> None:
    """A child dies with the thread that started it, not only with the process."""
    refused: list[BaseException] = []

    def start() -> None:
        try:
            start_stores(tmp_path)
        except RuntimeError as error:
            refused.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(refused) == 1
