from fastmcp import FastMCP

FastMCP("tools").run()
