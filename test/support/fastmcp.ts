/**
 * A FastMCP server that Scalekit protects, as FastMCP's own guide has it.
 * @param settings more arguments of the provider, a line each.
 * @param tools Python between the server and its start.
 */
export const fastMcpServer = (settings = '', tools = '') => `import os

from dotenv import load_dotenv
from fastmcp import FastMCP
from fastmcp.server.auth.providers.scalekit import ScalekitProvider

load_dotenv()

mcp = FastMCP(
    "Todo Server",
    auth=ScalekitProvider(
        environment_url=os.getenv("SCALEKIT_ENVIRONMENT_URL"),
        resource_id=os.getenv("SCALEKIT_RESOURCE_ID"),
        base_url=os.getenv("MCP_URL"),
${settings}    ),
)

${tools}
if __name__ == "__main__":
    mcp.run(transport="http", port=int(os.getenv("PORT", "3002")))
`;
