// The SDK's example of a server over streamable HTTP, without sessions, with JSON answers and without authorization.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/redis/go-redis/v9"
)

type item struct {
	ProductID int `json:"product_id"`
	Quantity  int `json:"quantity"`
}

type product struct {
	ID             int     `json:"id"`
	Name           string  `json:"name"`
	Price          float64 `json:"price"`
	Rating         float64 `json:"rating"`
	PopularityRank int     `json:"popularity_rank"`
}

var (
	api    = os.Getenv("API_URL")
	store  *redis.Client
	client = &http.Client{Transport: &http.Transport{MaxIdleConns: 100, MaxIdleConnsPerHost: 100}}
)

func decode(response *http.Response, err error, into any) error {
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

func get(path string, into any) error {
	response, err := client.Get(api + path)
	return decode(response, err, into)
}

// both does two things at the same time.
func both(one, two func() error) error {
	var wait sync.WaitGroup
	var failed error
	wait.Add(1)
	go func() { defer wait.Done(); failed = one() }()
	err := two()
	wait.Wait()
	if err != nil {
		return err
	}
	return failed
}

func text(found any, err error) (*mcp.CallToolResult, any, error) {
	if err != nil {
		return nil, nil, err
	}
	body, err := json.Marshal(found)
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: string(body)}}}, nil, err
}

type searchArguments struct {
	Category string `json:"category"`
	Limit    int    `json:"limit"`
}

func search(ctx context.Context, _ *mcp.CallToolRequest, args searchArguments) (*mcp.CallToolResult, any, error) {
	var found struct {
		Products   []product `json:"products"`
		TotalFound int       `json:"total_found"`
	}
	var popular []string
	err := both(
		func() error { return get(fmt.Sprintf("/products/search?category=%s&limit=%d", args.Category, args.Limit), &found) },
		func() (err error) { popular, err = store.ZRevRange(ctx, "popular", 0, 9).Result(); return },
	)
	ids := make([]int, len(popular))
	ranks := map[int]int{}
	for index, member := range popular {
		_, id, _ := strings.Cut(member, ":")
		ids[index], _ = strconv.Atoi(id)
		ranks[ids[index]] = index + 1
	}
	for index := range found.Products {
		found.Products[index].PopularityRank = ranks[found.Products[index].ID]
	}
	return text(map[string]any{"category": args.Category, "total_found": found.TotalFound, "products": found.Products, "popular_ids": ids}, err)
}

type cartArguments struct {
	UserID string `json:"user_id"`
}

func cart(ctx context.Context, _ *mcp.CallToolRequest, args cartArguments) (*mcp.CallToolResult, any, error) {
	hash, err := store.HGetAll(ctx, "cart:"+args.UserID).Result()
	if err != nil {
		return nil, nil, err
	}
	items := []item{}
	json.Unmarshal([]byte(hash["items"]), &items)
	id := 1
	if len(items) > 0 {
		id = items[0].ProductID
	}
	var first product
	var history []string
	err = both(
		func() error { return get(fmt.Sprintf("/products/%d", id), &first) },
		func() (err error) { history, err = store.LRange(ctx, "history:"+args.UserID, 0, 4).Result(); return },
	)
	recent := make([]map[string]any, len(history))
	for index, entry := range history {
		json.Unmarshal([]byte(entry), &recent[index])
	}
	total, _ := strconv.ParseFloat(hash["total"], 64)
	return text(map[string]any{"user_id": args.UserID, "items": items, "total": total, "first": first.Name, "recent_history": recent}, err)
}

type checkoutArguments struct {
	UserID string `json:"user_id"`
	Items  []item `json:"items"`
}

func checkout(ctx context.Context, _ *mcp.CallToolRequest, args checkoutArguments) (*mcp.CallToolResult, any, error) {
	order, _ := json.Marshal(map[string]any{"order_id": "ORD-" + args.UserID, "items": args.Items, "ts": 1700000000})
	var calculated struct {
		Total float64 `json:"total"`
	}
	var count *redis.IntCmd
	err := both(
		func() error {
			body, _ := json.Marshal(args)
			response, err := client.Post(api+"/cart/calculate", "application/json", bytes.NewReader(body))
			return decode(response, err, &calculated)
		},
		func() error {
			_, err := store.Pipelined(ctx, func(pipe redis.Pipeliner) error {
				count = pipe.Incr(ctx, "count:"+args.UserID)
				pipe.RPush(ctx, "history:"+args.UserID, order)
				pipe.ZIncrBy(ctx, "popular", 1, fmt.Sprintf("product:%d", args.Items[0].ProductID))
				return nil
			})
			return err
		},
	)
	if err != nil {
		return nil, nil, err
	}
	return text(map[string]any{"user_id": args.UserID, "total": calculated.Total, "items_count": len(args.Items), "count": count.Val(), "status": "confirmed"}, nil)
}

func main() {
	options, err := redis.ParseURL(os.Getenv("SHOP_REDIS_URL"))
	if err != nil {
		log.Fatal(err)
	}
	store = redis.NewClient(options)
	server := mcp.NewServer(&mcp.Implementation{Name: "Shop", Version: "1.0.0"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "search_products"}, search)
	mcp.AddTool(server, &mcp.Tool{Name: "get_user_cart"}, cart)
	mcp.AddTool(server, &mcp.Tool{Name: "checkout"}, checkout)
	http.Handle("/mcp", mcp.NewStreamableHTTPHandler(
		func(*http.Request) *mcp.Server { return server },
		&mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true},
	))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
