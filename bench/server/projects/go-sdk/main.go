// The SDK's example of a server over streamable HTTP, without sessions and with JSON answers.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

type todo struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Completed   bool   `json:"completed"`
}

type arguments struct {
	Completed *bool `json:"completed,omitempty"`
}

type result struct {
	Todos []todo `json:"todos"`
}

var todos = fiveTodos()

func fiveTodos() []todo {
	five := make([]todo, 5)
	for index := range five {
		id := make([]byte, 16)
		rand.Read(id)
		five[index] = todo{
			ID:          fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:]),
			Title:       fmt.Sprintf("Todo %d", index+1),
			Description: "Measure it, then say it.",
		}
	}
	return five
}

func listTodos(_ context.Context, _ *mcp.CallToolRequest, args arguments) (*mcp.CallToolResult, result, error) {
	found := result{Todos: []todo{}}
	for _, each := range todos {
		if args.Completed == nil || *args.Completed == each.Completed {
			found.Todos = append(found.Todos, each)
		}
	}
	return nil, found, nil
}

func main() {
	server := mcp.NewServer(&mcp.Implementation{Name: "Todo MCP", Version: "1.0.0"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "list_todos", Description: "List your todos."}, listTodos)
	options := &mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true}
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, options)
	http.Handle("/mcp", handler)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
