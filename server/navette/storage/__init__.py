"""Where facts are kept: tables, statements, units of work, migrations, outbox."""
