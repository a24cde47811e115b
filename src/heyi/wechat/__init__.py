"""Messages and pages in WeCom and WeChat."""
