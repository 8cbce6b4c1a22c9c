"""The JSON answers: names, fields and units others rely on. Add to them, never rename."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mnimage.domain.face import CONTROL
from mnimage.domain.recipe import ALGORITHM
from mnimage.domain.session import Side
from mnimage.report.registration import error_map

if TYPE_CHECKING:
    from mnimage.domain.alignment import Alignment
    from mnimage.domain.color import ColorProfile, FitError
    from mnimage.domain.comparison import Change, Comparison, ScarChange
    from mnimage.domain.face import Face
    from mnimage.domain.pair import AnalyzedPhoto
    from mnimage.domain.photo import ImageScale
    from mnimage.domain.quality import QualityReport
    from mnimage.domain.relief import Direction, Marks, ReliefCard, Scar
    from mnimage.domain.scorecard import ScoreCard

Document = dict[str, Any]


def photo_answer(file: str, analyzed: AnalyzedPhoto) -> Document:
    """Return one photo's entry of `inspect`."""
    photo, facts = analyzed.photo, analyzed.photo.facts
    return {
        "file": file,
        "width": photo.columns,
        "height": photo.rows,
        "taken_at": facts.taken_at.isoformat() if facts.taken_at else None,
        "camera": facts.camera,
        "exposure_s": facts.exposure_s,
        "f_number": facts.f_number,
        "iso": facts.iso,
        "focal_mm": facts.focal_mm,
        "format": facts.format,
        "bits": facts.bits,
        "orientation": facts.orientation,
        "notes": [str(note) for note in facts.notes],
        "view": analyzed.face.view.value if analyzed.face else None,
        "face": face_answer(analyzed.face) if analyzed.face else None,
        "scale": scale_answer(analyzed.scale),
        "findings": findings_answer(analyzed.quality),
        "comparable": analyzed.quality.comparable,
    }


def face_answer(face: Face) -> Document:
    """Return a face: its score, pose and size."""
    return {
        "score": face.score,
        "yaw_deg": face.pose.yaw_deg,
        "pitch_deg": face.pose.pitch_deg,
        "roll_deg": face.pose.roll_deg,
        "eye_distance_px": face.eye_distance_px,
    }


def scale_answer(scale: ImageScale | None) -> Document | None:
    """Return a scale, or None."""
    return asdict(scale) if scale else None


def findings_answer(quality: QualityReport) -> list[Document]:
    """Return the quality checks."""
    return [
        {
            "check": str(finding.check),
            "measured": finding.measured,
            "needed": finding.needed,
            "rule": finding.rule,
            "unit": finding.unit,
            "ok": finding.ok,
            "advice": str(finding.advice),
            "grave": finding.grave,
        }
        for finding in quality.findings
    ]


def alignment_answer(alignment: Alignment, before: AnalyzedPhoto) -> Document:
    """Return the answer of `register`."""
    scale = before.scale
    error = {"median": alignment.error_median_px, "p95": alignment.error_p95_px}
    in_mm = {name: value * scale.mm_per_px for name, value in error.items()} if scale else None
    return {
        "status": alignment.status.value,
        "reason": str(alignment.reason),
        "warnings": [str(one) for one in alignment.warnings],
        "error_px": error if alignment.aligned else None,
        "error_mm": in_mm if alignment.aligned else None,
        "limit_px": alignment.limit_px if alignment.aligned else None,
        "limit_mm": alignment.limit_px * scale.mm_per_px if alignment.aligned and scale else None,
        "covered": alignment.covered,
        **_share_answer(alignment, before),
        "seconds": alignment.seconds,
    }


def _share_answer(alignment: Alignment, before: AnalyzedPhoto) -> Document:
    """Return which share of the skin the scores rest on, and which is left out, by reason."""
    if not alignment.aligned:
        return {"scored": 0.0, "left_out": None, "moved_zones": []}
    errors = error_map(alignment, before.zones, before.scale)
    shares = {reason.value: share for reason, share in errors.shares.items()}
    zones = list(alignment.moved_zones)
    return {"scored": errors.scored, "left_out": shares, "moved_zones": zones}


def profile_answer(profile: ColorProfile) -> Document:
    """Return the answer of `calibrate`."""
    return {
        "camera": profile.camera,
        "taken_at": profile.taken_at.isoformat() if profile.taken_at else None,
        "corners": [{"row": row, "col": column} for row, column in profile.corners.tolist()],
        "error": fit_answer(profile.error),
        "evened": profile.flat is not None,
        "warnings": [str(warning) for warning in profile.warnings],
    }


def fit_answer(error: FitError) -> Document:
    """Return how well a chart's colours are met, in CIEDE2000, each patch left out in turn."""
    return {
        "de00": {"mean": error.mean, "p95": error.p95, "max": error.worst, "skin": error.skin},
        "linearity": list(error.linearity),
        "tone_error": error.tone,
        "falloff": error.falloff,
        "tilt_deg": error.tilt_deg,
    }


def scorecard_answer(card: ScoreCard) -> Document:
    """Return the answer of `score`."""
    return {
        "mode": card.mode.value,
        "calibrated": card.calibrated,
        "color_error": fit_answer(card.color) if card.color else None,
        "scale": scale_answer(card.scale),
        "recipe": card.recipe,
        "algorithm": ALGORITHM,
        "zones": {
            zone: {
                "area_mm2": measured.area_mm2,
                "area_uncertainty_mm2": measured.area_uncertainty_mm2,
                "scores": {
                    name: {
                        "value": score.value,
                        "unit": score.unit,
                        "uncertainty": score.uncertainty,
                        "mode": score.mode.value,
                    }
                    for name, score in measured.scores.items()
                },
            }
            for zone, measured in card.zones.items()
        },
        "not_measured": dict(card.not_measured),
    }


def relief_answer(card: ReliefCard) -> Document:
    """Return the answer of `relief`."""
    return {
        "texture_sq_um": card.texture_sq_um,
        "texture_uncertainty_um": card.texture_uncertainty_um,
        "scar_depth_index_um": card.scar_depth_index_um,
        "scar_depth_index_uncertainty_um": card.scar_depth_index_uncertainty_um,
        "area_mm2": card.area_mm2,
        "area_uncertainty_mm2": card.area_uncertainty_mm2,
        "scars": [scar_answer(scar) for scar in card.scars],
        "texture_octaves_um": [
            {"from_mm": low, "to_mm": high, "sq_um": sq}
            for low, high, sq in card.texture_octaves_um
        ],
        "texture_systematic_um": card.texture_systematic_um,
        "texture_direction": direction_answer(card.texture_direction),
        "marks": marks_answer(card.marks),
        "trusted": card.trusted,
        "recipe": card.recipe,
        "warnings": list(card.warnings),
    }


def direction_answer(direction: Direction | None) -> Document | None:
    """Return which way the texture runs; None where it was not measured."""
    if direction is None:
        return None
    return {"degrees": direction.degrees, "aspect": direction.aspect}


def marks_answer(marks: Marks | None) -> Document | None:
    """Return the pores and lines of a relief; None where they were not measured."""
    if marks is None:
        return None
    return {
        "pores_per_cm2": marks.pores_per_cm2,
        "pore_diameter_mm": marks.pore_diameter_mm,
        "pore_depth_um": marks.pore_median_um,
        "lines_mm_per_cm2": marks.lines_mm_per_cm2,
        "line_depth_um": marks.line_depth_um,
    }


def scar_answer(scar: Scar) -> Document:
    """Return one scar."""
    return {
        "id": scar.id,
        "row": scar.row,
        "col": scar.column,
        "depth_mm": scar.depth_mm,
        "depth_mean_mm": scar.depth_mean_mm,
        "area_mm2": scar.area_mm2,
        "volume_mm3": scar.volume_mm3,
        "width_mm": scar.width_mm,
        "wall_angle_deg": scar.wall_angle_deg,
        "type": scar.kind,
        "depth_uncertainty_mm": scar.depth_uncertainty_mm,
        "area_uncertainty_mm2": scar.area_uncertainty_mm2,
        "width_uncertainty_mm": scar.width_uncertainty_mm,
        "volume_uncertainty_mm3": scar.volume_uncertainty_mm3,
        "depth_systematic_mm": scar.depth_systematic_mm,
        "volume_systematic_mm3": scar.volume_systematic_mm3,
        "lower_bound": scar.lower_bound,
    }


def comparison_answer(comparison: Comparison, before: AnalyzedPhoto) -> Document:
    """Return the answer of `compare`."""
    return {
        "comparability": {
            "grade": comparison.comparability.grade,
            "reasons": list(comparison.comparability.reasons),
        },
        "alignment": alignment_answer(comparison.alignment, before),
        "scale": scale_answer(before.scale),
        "recipe": comparison.recipe,
        "algorithm": ALGORITHM,
        "calibrated": comparison.before is not None and comparison.before.calibrated,
        "zones": {
            zone: {"scores": {name: change_answer(change) for name, change in changes.items()}}
            for zone, changes in comparison.zones.items()
        },
        "scars": [scar_change_answer(scar) for scar in comparison.scars],
        "not_measured": dict(comparison.not_measured),
        "zones_left_out": dict(comparison.zones_left_out),
        "repeats": repeats_answer(comparison),
        "control": control_answer(comparison),
        "days_since_needling": comparison.notes.days_since_needling,
        "warnings": [
            {"warning": caution.name, "words": caution.words, "zones": list(caution.zones)}
            for caution in comparison.cautions
        ],
    }


def repeats_answer(comparison: Comparison) -> Document:
    """Return how many repeat shots each session's values rest on, beside its first shot."""
    return {
        **{side.value: comparison.repeats(side) for side in Side},
        "left_out": [
            {"file": one.name, "side": one.side.value, "reason": one.left_out}
            for one in comparison.replicates
            if one.left_out
        ],
    }


def control_answer(comparison: Comparison) -> Document | None:
    """Return the untreated control patch in pixels of the photo before; its zone is `control`."""
    patch = comparison.notes.control
    if patch is None:
        return None
    return {
        "row": patch.row,
        "col": patch.column,
        "height": patch.height,
        "width": patch.width,
        "measured": CONTROL in comparison.zones,
    }


def change_answer(change: Change) -> Document:
    """Return one score before and after."""
    return {
        "before": change.before,
        "after": change.after,
        "change": change.change,
        "change_percent": change.change_percent,
        "uncertainty": change.uncertainty,
        "mdc95": change.mdc95,
        "unit": change.unit,
        "mode": change.mode.value,
        "verdict": change.verdict.value,
        "reason": change.reason,
        "interval": list(change.interval),
        "session_uncertainty": change.session,
        "uncertainty_source": change.source.value,
        "family": change.family,
        "mdc95_family": change.mdc95_family,
        "beyond_control": beyond_answer(change),
    }


def beyond_answer(change: Change) -> Document | None:
    """Return a change beyond that of the control patch, on which the verdict then rests."""
    beyond = change.controlled
    if beyond is None:
        return None
    return {
        "expected": beyond.expected,
        "difference": beyond.difference,
        "uncertainty": beyond.uncertainty,
        "mdc95": beyond.mdc95,
    }


def scar_change_answer(scar: ScarChange) -> Document:
    """Return one scar before and after."""
    return {
        "id": scar.id,
        "before": scar_answer(scar.before),
        "after": scar_answer(scar.after) if scar.after else None,
        "depth": change_answer(scar.depth) if scar.depth else None,
        "volume": change_answer(scar.volume) if scar.volume else None,
        "verdict": scar.verdict.value,
        "state": scar.state.value,
    }
