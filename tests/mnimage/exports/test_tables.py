import csv
import io

from mnimage.exports.tables import csv_table


def read(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_rows_come_back_with_inner_values_under_dotted_names():
    (row,) = read(csv_table([{"name": "Zoë", "zone": {"area": 1.5, "id": 2}, "list": [1, 2]}]))
    assert row == {"name": "Zoë", "zone.area": "1.5", "zone.id": "2", "list": "[1, 2]"}


def test_no_cell_is_a_formula():
    (row,) = read(csv_table([{"name": "=HYPERLINK(1)", "note": "@SUM(1)", "change": -1.5}]))
    assert row == {"name": "'=HYPERLINK(1)", "note": "'@SUM(1)", "change": "-1.5"}


def test_rows_of_unlike_columns_share_one_table():
    rows = read(csv_table([{"a": 1}, {"b": 2}]))
    assert rows == [{"a": "1", "b": ""}, {"a": "", "b": "2"}]
