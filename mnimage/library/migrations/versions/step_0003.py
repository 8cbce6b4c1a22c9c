"""A measurement of photos is a record: of one photo or a pair, with its error, verdict and recipe.

Scores of the step before become measurements of single photos. The answers of a screening are
called `answer`, no longer `told`.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MORE = {
    "region": "zone",
    "set_name": "",
    "baseline_set": "",
    "family": 1,
    "beyond_control": {},
    "reason": [],
    "grade": "",
    "options": {},
    "inputs": [],
}
"""What scores did not have, as a measurement of one photo has it."""


def upgrade() -> None:
    """Make the table, take over the scores, rename the answers."""
    _make_table()
    _take_over_scores()
    op.drop_table("scores")
    _rename_answers()


def _make_table() -> None:
    op.create_table(
        "measurements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("photo_id", sa.String(length=64), nullable=False),
        sa.Column("baseline_id", sa.String(length=64), nullable=True),
        sa.Column("set_name", sa.Text(), server_default="", nullable=False),
        sa.Column("baseline_set", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.String(length=16), nullable=False),
        sa.Column("region_name", sa.String(length=64), nullable=False),
        sa.Column("metric", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("before", sa.Float(), nullable=True),
        sa.Column("uncertainty", sa.Float(), nullable=True),
        sa.Column("session_error", sa.Float(), nullable=True),
        sa.Column("spatial_error", sa.Float(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=True),
        sa.Column("mdc95", sa.Float(), nullable=True),
        sa.Column("mdc95_family", sa.Float(), nullable=True),
        sa.Column("family", sa.Integer(), nullable=False),
        sa.Column("beyond_control", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("grade", sa.Text(), server_default="", nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("recipe", sa.String(length=64), nullable=False),
        sa.Column("program", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("superseded_by", sa.String(length=32), nullable=True),
        sa.Column("measured_at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_measurements_patient_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_measurements_photo_id")),
        sa.ForeignKeyConstraint(
            ["baseline_id"], ["photos.id"], name=op.f("fk_measurements_baseline_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurements")),
    )
    for name in ("patient_id", "photo_id", "baseline_id"):
        op.create_index(op.f(f"ix_measurements_{name}"), "measurements", [name], unique=False)
    op.create_index(
        "ix_measurements_photo_id_baseline_id_recipe",
        "measurements",
        ["photo_id", "baseline_id", "recipe"],
        unique=False,
    )


def _take_over_scores() -> None:
    connection = op.get_bind()
    tables = sa.MetaData()
    scores = sa.Table("scores", tables, autoload_with=connection)
    measurements = sa.Table("measurements", tables, autoload_with=connection)
    for name in ("beyond_control", "reason", "options", "inputs"):
        measurements.c[name].type = sa.JSON()
    for row in connection.execute(sa.select(scores)).mappings().all():
        score = dict(row)
        score["region_name"], score["metric"] = score.pop("zone"), score.pop("score")
        score["recipe"] = score["recipe"][:64]
        connection.execute(sa.insert(measurements).values(**_MORE, **score))


def _rename_answers() -> None:
    connection = op.get_bind()
    sessions = sa.table("sessions", sa.column("id", sa.String), sa.column("screening", sa.JSON))
    rows = connection.execute(sa.select(sessions.c.id, sessions.c.screening)).all()
    for identifier, screening in rows:
        asked = json.loads(screening) if isinstance(screening, str) else screening
        if not asked:
            continue
        answers = [
            {("answer" if name == "told" else name): value for name, value in one.items()}
            for one in asked
        ]
        here = sessions.c.id == identifier
        connection.execute(sa.update(sessions).where(here).values(screening=answers))
