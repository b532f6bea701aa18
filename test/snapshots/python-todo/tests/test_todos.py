"""The todo tools: what they do, and for whom."""

import itertools
from typing import Any

import pytest

from store import MOST_TODOS, NO_ROOM, MemoryTodos
from tests.conftest import ENVIRONMENT, Answer, Server, mint

users = itertools.count()


class Caller:
    """A user with all scopes, who has no todos yet; `token` selects another user."""

    def __init__(self, server: Server, token: str | None = None) -> None:
        self.server = server
        self.token = token or mint(subject=f"usr_todos_{next(users)}")

    def __call__(self, name: str, **arguments: Any) -> Answer:
        return self.server.call(name, arguments, token=self.token)

    def create(self, title: str, **more: Any) -> Any:
        return self("create_todo", title=title, **more).result["todo"]

    def titles(self, **arguments: Any) -> list[str]:
        return [todo["title"] for todo in self("list_todos", **arguments).result["todos"]]


def test_are_created_listed_read_changed_and_deleted(server: Server) -> None:
    call = Caller(server)
    todo = call.create("Buy milk")
    assert {**todo, "id": "…"} == {"id": "…", "title": "Buy milk", "description": None, "completed": False}
    assert call("list_todos").result == {"todos": [todo]}
    assert call("get_todo", todo_id=todo["id"]).result == {"todo": todo}
    changes = {"description": "Two bottles", "completed": True}
    assert call("update_todo", todo_id=todo["id"], **changes).result == {"todo": {**todo, **changes}}
    assert call("delete_todo", todo_id=todo["id"]).result == {"deleted": todo["id"]}
    assert call("list_todos").result == {"todos": []}


def test_are_listed_by_whether_they_are_completed(server: Server) -> None:
    call = Caller(server)
    call.create("open")
    call("update_todo", todo_id=call.create("done")["id"], completed=True)
    assert (call.titles(completed=True), call.titles(completed=False)) == (["done"], ["open"])


def test_are_listed_a_page_at_a_time_each_once(server: Server) -> None:
    call = Caller(server)
    for title in ("one", "two", "three"):
        call.create(title)
    first = call("list_todos", limit=2).result
    second = call("list_todos", limit=2, cursor=first["next_cursor"]).result
    assert [todo["title"] for todo in first["todos"] + second["todos"]] == ["one", "two", "three"]
    assert "next_cursor" not in second
    assert "not the next_cursor" in str(call("list_todos", cursor="x").error)


def test_are_not_changed_by_what_is_left_out_or_null(server: Server) -> None:
    call = Caller(server)
    todo = call.create("as it is", description=None)
    nothing = {"todo_id": todo["id"], "title": None, "description": None, "completed": None}
    assert call("update_todo", **nothing).result == {"todo": todo}


@pytest.mark.parametrize("todo_id", ["nothing", "__proto__", "' OR 1=1 --", "../..", "\0"])
@pytest.mark.parametrize("name", ["get_todo", "update_todo", "delete_todo"])
def test_that_do_not_exist_are_an_error_that_a_model_can_read(server: Server, name: str, todo_id: str) -> None:
    assert Caller(server)(name, todo_id=todo_id).error == f"Todo `{todo_id}` not found."


@pytest.mark.parametrize("title", ["", "x" * 201, 1, None])
def test_need_a_title(server: Server, title: Any) -> None:
    assert str(Caller(server)("create_todo", title=title).error).startswith("Invalid arguments: title")


def test_belong_to_their_user_and_to_nobody_else(server: Server) -> None:
    one, other = Caller(server), Caller(server)
    todo = one.create("mine")
    assert other.titles() == []
    for name in ("get_todo", "update_todo", "delete_todo"):
        assert "not found" in str(other(name, todo_id=todo["id"]).error)
    assert one.titles() == ["mine"]


def test_are_the_same_for_both_issuers_of_the_environment(server: Server) -> None:
    Caller(server, mint(subject="usr_moving", iss=ENVIRONMENT)).create("before")
    assert Caller(server, mint(subject="usr_moving")).titles() == ["before"]


async def test_take_a_megabyte_and_a_thousand_at_most() -> None:
    store = MemoryTodos()
    for number in range(MOST_TODOS):
        await store.create("owner", str(number), None)
    with pytest.raises(Exception, match=NO_ROOM):
        await store.create("owner", "one more", None)
    with pytest.raises(Exception, match=NO_ROOM):
        for _ in range(MOST_TODOS):
            await store.create("other", "large", "x" * 2000)
    assert (await store.create("third", "the first", None))["title"] == "the first"
