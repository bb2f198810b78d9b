"""The process: command line, composition root, web server, worker, demonstration."""
