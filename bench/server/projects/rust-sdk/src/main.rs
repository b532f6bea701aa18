//! The SDK's example of a server over streamable HTTP, without sessions and with JSON answers.
use std::sync::{Arc, LazyLock};

use rmcp::{
    Json, ServerHandler,
    handler::server::{router::tool::ToolRouter, wrapper::Parameters},
    model::{ServerCapabilities, ServerConfig},
    tool, tool_handler, tool_router,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, JsonSchema)]
struct Todo {
    id: String,
    title: String,
    description: String,
    completed: bool,
}

#[derive(Deserialize, JsonSchema)]
struct Arguments {
    completed: Option<bool>,
}

#[derive(Serialize, JsonSchema)]
struct Found {
    todos: Vec<Todo>,
}

static TODOS: LazyLock<Vec<Todo>> = LazyLock::new(|| {
    let todo = |number| Todo {
        id: uuid::Uuid::new_v4().to_string(),
        title: format!("Todo {number}"),
        description: "Measure it, then say it.".into(),
        completed: false,
    };
    (1..=5).map(todo).collect()
});

#[derive(Clone)]
struct Todos {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Todos {
    #[tool(description = "List your todos.")]
    async fn list_todos(&self, Parameters(arguments): Parameters<Arguments>) -> Json<Found> {
        let is_wanted = |todo: &&Todo| arguments.completed.is_none_or(|wanted| wanted == todo.completed);
        Json(Found { todos: TODOS.iter().filter(is_wanted).cloned().collect() })
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Todos {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = StreamableHttpServerConfig::default();
    config.legacy_session_mode = false;
    config.json_response = true;
    let todos = Todos { tool_router: Todos::tool_router() };
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(todos.clone()), sessions, config);
    let port: u16 = std::env::var("PORT")?.parse()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, axum::Router::new().nest_service("/mcp", service)).await?;
    Ok(())
}
