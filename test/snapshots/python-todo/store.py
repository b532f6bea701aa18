"""Where todos live: in memory, gone when the process ends. For a database, write another `TodoStore`; no tool has to change."""

import json
import uuid
from dataclasses import dataclass, field
from typing import NotRequired, Protocol

from fastmcp.exceptions import ToolError
from typing_extensions import TypedDict

# The most that one owner may keep, in todos and in bytes of JSON, so that nobody can fill the memory.
MOST_TODOS = 1000
MOST_BYTES = 1_000_000
NO_ROOM = "There is no room for this: delete a todo first."


class Todo(TypedDict):
    id: str
    title: str
    description: str | None
    completed: bool


class Page(TypedDict):
    """Some of the todos, oldest first."""

    todos: list[Todo]
    next_cursor: NotRequired[str]


class TodoStore(Protocol):
    """Keeps todos. Each method takes the owner first, always `current_user().id`, and sees only that owner's todos."""

    async def create(self, owner: str, title: str, description: str | None) -> Todo: ...

    async def list(self, owner: str, *, completed: bool | None, limit: int, cursor: str | None) -> Page: ...

    async def get(self, owner: str, todo_id: str) -> Todo | None: ...

    async def update(
        self, owner: str, todo_id: str, *, title: str | None, description: str | None, completed: bool | None
    ) -> Todo | None:
        """Sets what is given; what is None stays as it is."""

    async def delete(self, owner: str, todo_id: str) -> bool: ...


@dataclass
class _Owned:
    """Everything that one owner has. A page's cursor is the position of its last todo."""

    todos: dict[str, tuple[int, Todo]] = field(default_factory=dict)
    created: int = 0
    bytes: int = 0

    def put(self, todo: Todo) -> Todo:
        place, old = self.todos.get(todo["id"], (self.created + 1, None))
        total = self.bytes + _size(todo) - (_size(old) if old else 0)
        if total > MOST_BYTES or (old is None and len(self.todos) >= MOST_TODOS):
            raise ToolError(NO_ROOM)
        self.bytes, self.created = total, max(self.created, place)
        self.todos[todo["id"]] = (place, todo)
        return todo


def _size(todo: Todo) -> int:
    return len(json.dumps(todo))


class MemoryTodos:
    """Todos in memory, unknown to other processes."""

    def __init__(self) -> None:
        self._owners: dict[str, _Owned] = {}

    async def create(self, owner: str, title: str, description: str | None) -> Todo:
        owned = self._owners.get(owner, _Owned())
        todo = Todo(id=str(uuid.uuid4()), title=title, description=description, completed=False)
        owned.put(todo)
        self._owners[owner] = owned
        return todo

    async def list(self, owner: str, *, completed: bool | None, limit: int, cursor: str | None) -> Page:
        after = _place_after(cursor)
        owned = self._owners.get(owner, _Owned())
        found = [
            (place, todo)
            for place, todo in owned.todos.values()
            if place > after and completed in (None, todo["completed"])
        ]
        page = Page(todos=[todo for _, todo in found[:limit]])
        if len(found) > limit:
            page["next_cursor"] = str(found[limit - 1][0])
        return page

    async def get(self, owner: str, todo_id: str) -> Todo | None:
        _, todo = self._owners.get(owner, _Owned()).todos.get(todo_id, (0, None))
        return todo

    async def update(
        self, owner: str, todo_id: str, *, title: str | None, description: str | None, completed: bool | None
    ) -> Todo | None:
        old = await self.get(owner, todo_id)
        if old is None:
            return None
        return self._owners[owner].put(
            Todo(
                id=todo_id,
                title=old["title"] if title is None else title,
                description=old["description"] if description is None else description,
                completed=old["completed"] if completed is None else completed,
            )
        )

    async def delete(self, owner: str, todo_id: str) -> bool:
        owned = self._owners.get(owner, _Owned())
        _, todo = owned.todos.pop(todo_id, (0, None))
        if todo is not None:
            owned.bytes -= _size(todo)
        return todo is not None


def _place_after(cursor: str | None) -> int:
    text = cursor or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise ToolError("This cursor is not the next_cursor of a page.")
    return int(text)


todos: TodoStore = MemoryTodos()
