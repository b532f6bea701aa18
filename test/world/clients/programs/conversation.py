"""Answers lines of JSON on stdin: what a user of the client would click or type."""

import asyncio
import json
import sys


async def converse(tools, call, sign_in_again):
    while line := await asyncio.to_thread(sys.stdin.readline):
        request = json.loads(line)
        method, params = request["method"], request["params"]
        try:
            if method == "tools":
                reply = {"result": await tools()}
            elif method == "call":
                reply = {"result": await call(params["name"], params["arguments"])}
            else:
                reply = {"result": await sign_in_again()}
        except Exception as error:
            reply = {"error": {"message": f"{type(error).__name__}: {error}"}}
        print(json.dumps({"id": request["id"], **reply}), flush=True)
