"""What alembic runs: the steps, on the connection that the library hands over."""

from alembic import context

from mnimage.library.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
