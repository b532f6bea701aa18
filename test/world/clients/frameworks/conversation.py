"""Lists the tools, calls one, then one whose scope the token lacks, then the first again; prints what came of it."""

import json


async def try_tools(names, call):
    async def attempt(name, arguments):
        try:
            return str(await call(name, arguments))
        except BaseException as error:
            return f"{type(error).__name__}: {error}"

    seen = {
        "tools": list(names),
        "allowed": await attempt("list_todos", {"limit": 1}),
        "refused": await attempt("create_todo", {"title": "Refused"}),
        "again": await attempt("list_todos", {"limit": 1}),
    }
    print(json.dumps(seen), flush=True)
