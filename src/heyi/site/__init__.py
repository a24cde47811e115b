"""How the product is put together: settings, urls, the process tree, the command."""
