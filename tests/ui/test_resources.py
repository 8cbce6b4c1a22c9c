from __future__ import annotations

import sys

from ui.resources import asset


def test_icons_lie_where_they_are_looked_for():
    assert (asset("icons") / "wipe.svg").is_file()


def test_bundle_is_looked_into(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert asset("icons") == tmp_path / "assets" / "icons"
