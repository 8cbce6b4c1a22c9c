import pytest

from mnimage import assets
from mnimage.errors import AssetMissing


def test_assets_are_found_in_a_bundle(monkeypatch, tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "thing.txt").write_text("x")
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert assets.asset_path("thing.txt") == tmp_path / "assets" / "thing.txt"


def test_a_missing_file_is_named_with_what_to_do():
    with pytest.raises(AssetMissing, match=r"nowhere\.txt") as caught:
        assets.asset_path("nowhere.txt")
    assert "install" in caught.value.hint
