"""How Alembic runs here: on a connection it is handed, in batch mode for SQLite."""

from alembic import context

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes.get("metadata"),
    include_object=config.attributes.get("include_object"),
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
