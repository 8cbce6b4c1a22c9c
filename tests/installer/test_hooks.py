"""What the bundle must hold of what is loaded by name: the steps of the library's migrations."""

from __future__ import annotations

import runpy
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOOK = ROOT / "installer" / "hooks" / "hook-mnimage.library.migrate.py"


def test_every_step_of_the_migrations_is_taken_along(tmp_path):
    """The bundle's folder is laid as PyInstaller lays it; alembic finds every step in it."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from mnimage.library.tables import NEWEST

    for source, place in runpy.run_path(str(HOOK))["datas"]:
        folder = tmp_path / place
        folder.mkdir(parents=True, exist_ok=True)
        (folder / Path(source).name).write_bytes(Path(source).read_bytes())
    config = Config()
    config.set_main_option("script_location", str(tmp_path / "mnimage" / "library" / "migrations"))
    config.set_main_option("path_separator", "os")
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    assert [steps[0].revision, steps[-1].down_revision] == [NEWEST, None]
    assert (tmp_path / "mnimage" / "library" / "migrations" / "env.py").is_file()
    here = {path.name for path in (ROOT / "mnimage/library/migrations/versions").glob("*.py")}
    assert {Path(step.path).name for step in steps} == here


def test_the_hook_belongs_to_a_module_that_is_there():
    assert find_spec(HOOK.stem.removeprefix("hook-")) is not None


def test_what_it_names_can_be_loaded():
    assert [
        name for name in runpy.run_path(str(HOOK))["hiddenimports"] if not find_spec(name)
    ] == []
