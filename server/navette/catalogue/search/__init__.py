"""Finding: the tantivy index, fed by the change feed and always disposable."""
