//! The SDK's example of a server over streamable HTTP, without sessions, with JSON answers and without authorization.
use std::{collections::HashMap, sync::Arc};

use redis::{AsyncCommands, aio::MultiplexedConnection};
use rmcp::{
    ErrorData, ServerHandler,
    handler::server::{router::tool::ToolRouter, wrapper::Parameters},
    model::{ServerCapabilities, ServerConfig},
    tool, tool_handler, tool_router,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Item {
    product_id: u32,
    quantity: u32,
}

#[derive(Serialize, Deserialize)]
struct Product {
    id: u32,
    name: String,
    price: f64,
    rating: f64,
    #[serde(default)]
    popularity_rank: usize,
}

#[derive(Deserialize)]
struct Found {
    products: Vec<Product>,
    total_found: u32,
}

#[derive(Deserialize)]
struct Calculated {
    total: f64,
}

#[derive(Deserialize, JsonSchema)]
struct Search {
    category: String,
    limit: u32,
}

#[derive(Deserialize, JsonSchema)]
struct Cart {
    user_id: String,
}

#[derive(Deserialize, JsonSchema)]
struct Checkout {
    user_id: String,
    items: Vec<Item>,
}

#[derive(Clone)]
struct Shop {
    tool_router: ToolRouter<Self>,
    api: Arc<str>,
    http: reqwest::Client,
    redis: MultiplexedConnection,
}

fn failed(error: impl std::fmt::Display) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}

impl Shop {
    async fn get<T: serde::de::DeserializeOwned>(&self, path: String) -> Result<T, ErrorData> {
        let response = self.http.get(format!("{}{path}", self.api)).send().await.map_err(failed)?;
        response.json().await.map_err(failed)
    }
}

#[tool_router]
impl Shop {
    #[tool]
    async fn search_products(&self, Parameters(Search { category, limit }): Parameters<Search>) -> Result<String, ErrorData> {
        let mut redis = self.redis.clone();
        let popular = async { redis.zrevrange::<_, Vec<String>>("popular", 0, 9).await.map_err(failed) };
        let path = format!("/products/search?category={category}&limit={limit}");
        let (mut found, popular) = tokio::try_join!(self.get::<Found>(path), popular)?;
        let ids: Vec<u32> = popular
            .iter()
            .filter_map(|member| member.split_once(':')?.1.parse().ok())
            .collect();
        for product in &mut found.products {
            product.popularity_rank = ids.iter().position(|id| *id == product.id).map_or(0, |index| index + 1);
        }
        Ok(json!({ "category": category, "total_found": found.total_found, "products": found.products, "popular_ids": ids }).to_string())
    }

    #[tool]
    async fn get_user_cart(&self, Parameters(Cart { user_id }): Parameters<Cart>) -> Result<String, ErrorData> {
        let mut redis = self.redis.clone();
        let cart: HashMap<String, String> = redis.hgetall(format!("cart:{user_id}")).await.map_err(failed)?;
        let items: Vec<Item> = cart.get("items").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let first = items.first().map_or(1, |item| item.product_id);
        let key = format!("history:{user_id}");
        let history = async { redis.lrange::<_, Vec<String>>(key, 0, 4).await.map_err(failed) };
        let (product, history) = tokio::try_join!(self.get::<Product>(format!("/products/{first}")), history)?;
        let recent: Vec<Value> = history.iter().filter_map(|entry| serde_json::from_str(entry).ok()).collect();
        let total: f64 = cart.get("total").and_then(|text| text.parse().ok()).unwrap_or(0.0);
        Ok(json!({ "user_id": user_id, "items": items, "total": total, "first": product.name, "recent_history": recent }).to_string())
    }

    #[tool]
    async fn checkout(&self, Parameters(Checkout { user_id, items }): Parameters<Checkout>) -> Result<String, ErrorData> {
        let order = json!({ "order_id": format!("ORD-{user_id}"), "items": items, "ts": 1_700_000_000 }).to_string();
        let first = items.first().map_or(1, |item| item.product_id);
        let mut redis = self.redis.clone();
        let counted = async {
            let (count, _, _): (u64, u64, f64) = redis::pipe()
                .incr(format!("count:{user_id}"), 1)
                .rpush(format!("history:{user_id}"), order)
                .zincr("popular", format!("product:{first}"), 1)
                .query_async(&mut redis)
                .await
                .map_err(failed)?;
            Ok(count)
        };
        let calculated = async {
            let body = json!({ "user_id": user_id, "items": items });
            let sent = self.http.post(format!("{}/cart/calculate", self.api)).json(&body).send().await;
            sent.map_err(failed)?.json::<Calculated>().await.map_err(failed)
        };
        let (calculated, count) = tokio::try_join!(calculated, counted)?;
        Ok(json!({ "user_id": user_id, "total": calculated.total, "items_count": items.len(), "count": count, "status": "confirmed" }).to_string())
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Shop {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = StreamableHttpServerConfig::default();
    config.legacy_session_mode = false;
    config.json_response = true;
    let redis = redis::Client::open(std::env::var("SHOP_REDIS_URL")?)?;
    let shop = Shop {
        tool_router: Shop::tool_router(),
        api: std::env::var("API_URL")?.into(),
        http: reqwest::Client::new(),
        redis: redis.get_multiplexed_async_connection().await?,
    };
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(shop.clone()), sessions, config);
    let port: u16 = std::env::var("PORT")?.parse()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, axum::Router::new().nest_service("/mcp", service)).await?;
    Ok(())
}
