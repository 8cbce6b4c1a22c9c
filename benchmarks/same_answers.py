"""Whether a change of the code left every answer on the test data bit-identical.

    python -m benchmarks.same_answers draw SHOTS            # directional shots of drawn skin, once
    python -m benchmarks.same_answers record OUT --shots SHOTS [--quick]
    python -m benchmarks.same_answers compare OUT OTHER [--words] [--renamed OLD=NEW ...]

`record` runs the command line of the tree it is started in over `../shared/data` and keeps exit
status, JSON answers and a digest of every array and picture written. `compare` fails when a number,
a flag, a key or an array differs in the last bit. Sentences, recipe versions and timings are not
compared; `--words` lists the sentences that differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

DATA = Path(__file__).parents[2] / "shared" / "data"
IGNORED = frozenset(
    {"recipe", "program", "algorithm", "seconds", "made_at", "reason_code", "codes"}
)
"""Keys whose values say how, when or by which version, not what."""
ADDED = frozenset({"reason_code", "reason_codes", "code"})
"""Keys that a later version may add."""
SENTENCES = frozenset(
    {"reason", "reasons", "advice", "hint", "error", "words", "warnings", "not_measured", "file",
     "path", "zones_left_out", "left_out"}
)  # fmt: skip
"""Keys whose texts are sentences for people, or names of files."""
ANNOTATED = "pictures with words in them"


@dataclass(slots=True)
class Difference:
    """What is unlike in two records."""

    numbers: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    compared: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, record or compare; return 1 where answers differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    jobs = parser.add_subparsers(dest="job", required=True)
    draw_job = jobs.add_parser("draw")
    draw_job.add_argument("folder", type=Path)
    record_job = jobs.add_parser("record")
    record_job.add_argument("out", type=Path)
    record_job.add_argument("--shots", type=Path, required=True)
    record_job.add_argument("--quick", action="store_true")
    compare_job = jobs.add_parser("compare")
    compare_job.add_argument("out", type=Path)
    compare_job.add_argument("other", type=Path)
    compare_job.add_argument("--words", action="store_true")
    compare_job.add_argument("--renamed", nargs="*", default=[])
    options = parser.parse_args(arguments)
    if options.job == "draw":
        draw(options.folder)
        return 0
    if options.job == "record":
        record(options.out, options.shots, quick=options.quick)
        return 0
    return _report(options)


def _report(options: argparse.Namespace) -> int:
    renamed = dict(pair.split("=", 1) for pair in options.renamed)
    found = compare(options.out, options.other, renamed)
    for line in found.numbers[:40]:
        print(line)
    for line in found.words if options.words else ():
        print(line)
    print(
        f"{found.compared} values and arrays compared, {len(found.numbers)} differ; "
        f"{len(found.words)} sentences differ"
    )
    return 1 if found.numbers else 0


def draw(folder: Path) -> None:
    """Write three sessions of directional shots of one drawn skin, two scars of which change."""
    from dataclasses import replace

    from mnimage.phantom.files import write_shots
    from mnimage.phantom.light import ring
    from mnimage.phantom.pose import Pose
    from mnimage.phantom.render import Shot
    from mnimage.phantom.scars import TrueScar, scar_depth
    from mnimage.phantom.sensor import Sensor
    from mnimage.phantom.skin import make_skin

    skin = make_skin(seed=4, size_mm=(26, 26))
    sensor = Sensor(exposure=0.0, electrons=12000.0, bits=12, blur_px=0.6)
    for number in range(3):
        scars = (
            TrueScar("boxcar", -6.0, -5.0, depth_mm=0.3, radius_mm=1.4),
            TrueScar("rolling", 5.0, -5.0, depth_mm=0.35 * 0.8**number, radius_mm=2.8),
        )
        treated = replace(skin, scars=scars, scar_mm=scar_depth(scars, skin.shape, skin.mm_per_px))
        pose = Pose(yaw_deg=0.5 * number, shift_mm=(0.3 * number, -0.2 * number))
        shot = Shot(sensor=sensor, pose=pose, shape=(440, 440), seed=number)
        write_shots(folder / f"session{number}", treated, ring(8), shot)


def commands(shots: Path, *, quick: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield a name and the arguments of every command, `{out}` standing for its folder."""
    faces = sorted((DATA / "faces").glob("*_neutral.jpg"))[: 2 if quick else None]
    pictures = [
        path
        for room in ("faces", "views", "phone", "heif", "raw", "orientation", "chart",
                     "same_person", "turned_head")
        for path in sorted((DATA / room).glob("*"))
        if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".heic", ".heif", ".kdc"}
    ]  # fmt: skip
    yield "inspect", ["inspect", *map(str, pictures[: 8 if quick else None])]
    for face in faces:
        yield f"score {face.stem}", ["score", str(face), "--out", "{out}"]
        smiling = face.with_name(face.name.replace("neutral", "smiling"))
        yield f"compare {face.stem}", ["compare", str(face), str(smiling), "--out", "{out}"]
    yield "refused", ["compare", str(faces[0]), str(faces[1]), "--out", "{out}"]
    yield "register", ["register", str(faces[0]), str(smiling), "--out", "{out}"]
    manifests = [str(shots / f"session{number}" / "SHOTS.json") for number in range(3)]
    yield "relief", ["relief", manifests[0], "--out", "{out}"]
    yield "compare shots", ["compare", *manifests[:2], "--out", "{out}"]
    if quick:
        return
    yield "follow", ["follow", *manifests, "--out", "{out}"]
    for room in ("views", "turned_head", "phone"):
        for path in sorted((DATA / room).glob("*.jpg"))[:12]:
            yield f"score {room} {path.stem}", ["score", str(path), "--out", "{out}"]
    same = sorted((DATA / "same_person").glob("*.jpg"))
    for first, second in zip(same[::2], same[1::2], strict=False):
        yield f"compare {first.stem}", ["compare", str(first), str(second), "--out", "{out}"]
    turned = sorted((DATA / "turned_head").glob("*.jpg"))
    for first, second in pairwise(turned[:5]):
        yield f"compare turned {first.stem}", ["compare", str(first), str(second), "--out", "{out}"]
    for chart in sorted((DATA / "chart").glob("*")):
        yield f"calibrate {chart.stem}", ["calibrate", str(chart), "--out", "{out}/profile.json"]


def record(out: Path, shots: Path, *, quick: bool = False) -> None:
    """Run every command and keep what it answered in `out`, one JSON file a command."""
    out.mkdir(parents=True, exist_ok=True)
    for name, arguments in commands(shots, quick=quick):
        with tempfile.TemporaryDirectory() as place:
            filled = [part.replace("{out}", place) for part in arguments]
            done = subprocess.run(
                [sys.executable, "-m", "mnimage", *filled, "--json"],
                capture_output=True,
                text=True,
                check=False,
            )
            answer = {
                "status": done.returncode,
                "error": done.stderr,
                "answer": json.loads(done.stdout) if done.stdout.strip() else None,
                "files": {
                    path.relative_to(place).as_posix(): _kept(path)
                    for path in sorted(Path(place).rglob("*"))
                    if path.is_file()
                },
            }
        (out / f"{name.replace(' ', '_')}.json").write_text(json.dumps(answer), encoding="utf-8")
        print(name, done.returncode, flush=True)


def _kept(path: Path) -> Any:
    """Return what a file holds: JSON as it is, arrays and pictures by their digest."""
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    if path.suffix == ".npy":
        return _digest(np.load(path))
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            return {name: _digest(arrays[name]) for name in arrays.files}
    if path.suffix in (".png", ".tif"):
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        digest = "no picture" if picture is None else _digest(np.asarray(picture))
        exact = path.name in ("aligned.png", "height.tif", "skin.png")
        return digest if exact else {ANNOTATED: digest}
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(array: NDArray[Any]) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return f"{array.dtype} {array.shape} {digest}"


def compare(one: Path, other: Path, renamed: dict[str, str] | None = None) -> Difference:
    """Return where two records differ; `renamed` maps words of the first to those of the other."""
    found = Difference()
    names = {path.name for folder in (one, other) for path in folder.glob("*.json")}
    for name in sorted(names):
        if not ((one / name).is_file() and (other / name).is_file()):
            found.numbers.append(f"{name}: recorded once only")
            continue
        both = [json.loads((folder / name).read_text(encoding="utf-8")) for folder in (one, other)]
        _walk(name, "", both[0], both[1], found, renamed or {})
    return found


def _walk(
    where: str, key: str, one: Any, other: Any, found: Difference, renamed: dict[str, str]
) -> None:
    if key in IGNORED:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        _walk_dicts(where, key, one, other, found, renamed)
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            found.numbers.append(f"{where}: {len(one)} and {len(other)} entries")
        for place, (first, second) in enumerate(zip(one, other, strict=False)):
            _walk(f"{where}[{place}]", key, first, second, found, renamed)
    else:
        _leaf(where, key, renamed.get(one, one) if isinstance(one, str) else one, other, found)


def _walk_dicts(
    where: str,
    key: str,
    one: dict[str, Any],
    other: dict[str, Any],
    found: Difference,
    renamed: dict[str, str],
) -> None:
    for name in sorted({*one, *other} - ADDED):
        if name not in one or name not in other:
            found.numbers.append(f"{where}.{name}: in one only")
            continue
        inner = key if key in SENTENCES else name
        _walk(f"{where}.{name}", inner, one[name], other[name], found, renamed)


def _leaf(where: str, key: str, one: Any, other: Any, found: Difference) -> None:
    found.compared += 1
    if one == other and type(one) is type(other):
        return
    both_text = isinstance(one, str) and isinstance(other, str)
    if key == ANNOTATED or (both_text and key in SENTENCES):
        found.words.append(f"{where}: {one!r} -> {other!r}")
    else:
        found.numbers.append(f"{where}: {one!r} and {other!r}")


if __name__ == "__main__":
    sys.exit(main())
