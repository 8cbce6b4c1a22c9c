"""A disclosure may be of a patient's whole record, and then names no photo."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the photo of a disclosure be empty."""
    with op.batch_alter_table("disclosures") as table:
        table.alter_column("photo_id", existing_type=sa.String(length=64), nullable=True)
